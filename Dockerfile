# One recipe for every image: an image holds shared/ and one part, with that part's dependencies and no others.
#   docker build --build-arg PACKAGE=bangfu-registry --build-arg PART=services/registry .

FROM python:3.11-slim-bookworm AS dependencies
ARG PACKAGE
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
RUN pip install --quiet --no-cache-dir 'uv>=0.9'
WORKDIR /bangfu
COPY pyproject.toml uv.lock ./
COPY shared/pyproject.toml shared/
COPY services/registry/pyproject.toml services/registry/
COPY services/jobs/pyproject.toml services/jobs/
COPY services/subsidy/pyproject.toml services/subsidy/
COPY services/reporting/pyproject.toml services/reporting/
COPY gateway/pyproject.toml gateway/
COPY cli/pyproject.toml cli/
RUN uv sync --quiet --frozen --no-dev --package "$PACKAGE" --python "$(command -v python3)"

FROM python:3.11-slim-bookworm
ARG PART
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin bangfu \
    && for part in registry jobs subsidy reporting gateway; do mkdir -p "/secrets/$part" "/secrets/$part-setup"; done \
    && mkdir -p /secrets/init /run/bangfu /run/bangfu-setup /var/lib/bangfu/files /var/lib/bangfu/out \
    && chown -R bangfu /secrets /run/bangfu /run/bangfu-setup /var/lib/bangfu \
    && chmod -R go= /secrets /run/bangfu /run/bangfu-setup /var/lib/bangfu
WORKDIR /bangfu
ENV PATH=/bangfu/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    BANGFU_HOST=0.0.0.0 BANGFU_KEYS_FILE=/run/bangfu/keys.json BANGFU_FILES_DIR=/var/lib/bangfu/files \
    BANGFU_SECRETS_DIR=/run/bangfu BANGFU_SERVICE_CLIENT_SECRET_FILE=/run/bangfu/client-secret
COPY --from=dependencies /bangfu/.venv .venv
COPY shared shared
COPY services/__init__.py services/
COPY $PART $PART
USER bangfu
