"""The documentation page: the merged OpenAPI document as one HTML page without scripts (decision 0005)."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from gateway.docs.examples import example

Operation = Mapping[str, Any]

_SERVICES = {
    "gateway": "统一入口 gateway",
    "registry": "劳动力登记 registry",
    "jobs": "岗位与就业 jobs",
    "subsidy": "补贴 subsidy",
    "reporting": "报表 reporting",
}
_WORDS = {
    "province": "省",
    "city": "市州",
    "county": "县",
    "township": "乡镇",
    "village": "村",
    "organisation": "机构",
    "system": "政务系统",
    "service": "平台服务",
    "hrss": "人社",
    "agriculture": "农业农村",
    "finance": "财政",
    "registrar": "登记",
    "reviewer": "审核",
    "approver": "审批",
    "reporter": "统计",
    "auditor": "审计",
    "admin": "系统管理",
}
_LEVELS = ("village", "township", "county", "city", "province")

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 15px/1.6 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; max-width: 60rem; margin: 0 auto;
  padding: 1rem; }
h2 { border-bottom: 2px solid var(--line); margin-top: 2.5rem; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; }
summary { padding: .4rem .7rem; cursor: pointer; }
details > div { padding: 0 .9rem .8rem; border-top: 1px solid var(--line); }
code, pre { font-family: ui-monospace, Consolas, monospace; font-size: .9em; }
pre { background: var(--soft); padding: .6rem; overflow-x: auto; border-radius: .3rem; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid var(--line); padding: .2rem .5rem .2rem 0; text-align: left; vertical-align: top; }
.method { display: inline-block; min-width: 4em; font-weight: 600; }
.note { background: #fa03; padding: .5rem .8rem; border-radius: .3rem; }
nav a { margin-right: 1rem; }
"""


def render(document: Mapping[str, Any]) -> str:
    """The whole page, Chinese first."""
    services = list(dict.fromkeys(tag["x-service"] for tag in document["tags"]))
    body = "\n".join(_service(document, name) for name in services)
    links = "".join(f'<a href="#{name}">{_SERVICES.get(name, name)}</a>' for name in services)
    missing = document["x-unavailable"]
    note = f'<p class="note">暂缺(服务未应答) Missing: {escape(", ".join(missing))}</p>' if missing else ""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(document['info']['title'])}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(document['info']['title'])}</h1>"
        "<p>机器可读文档 For programs: <a href='/openapi.json'>/openapi.json</a>。"
        "先用 <code>POST /auth/login</code> 或 <code>POST /oauth/token</code> 取得令牌,再以 "
        "<code>Authorization: Bearer …</code> 调用。</p>"
        f"{note}<nav>{links}</nav>\n{body}</body></html>"
    )


def _service(document: Mapping[str, Any], name: str) -> str:
    parts = [f'<h2 id="{escape(name)}">{escape(_SERVICES.get(name, name))}</h2>']
    for tag in document["tags"]:
        if tag["x-service"] == name:
            parts.append(f"<h3>{escape(tag['name'].partition(': ')[2] or tag['name'])}</h3>")
            parts += [
                _operation(document, path, method, operation)
                for path, method, operation in _operations(document)
                if tag["name"] in operation["tags"]
            ]
    return "\n".join(parts)


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _operation(document: Mapping[str, Any], path: str, method: str, operation: Operation) -> str:
    what = operation.get("description") or operation.get("summary", "")
    return (
        f'<details><summary><span class="method">{method.upper()}</span><code>{escape(path)}</code> '
        f"{escape(what.partition(chr(10))[0])}</summary><div>"
        f"<p>{escape(what)}</p><p><b>权限 Permission</b> {_permission(operation['x-permission'])}</p>"
        f"{_parameters(operation)}{_request(document, path, method, operation)}{_answers(document, operation)}"
        "</div></details>"
    )


def _permission(permission: Mapping[str, Any]) -> str:
    if permission.get("public"):
        return "公开,无需令牌 public"
    officers = [
        _words(sorted(permission["levels"], key=_LEVELS.index)),
        _words(permission["departments"]),
        _words(permission["duties"]),
    ]
    who = " · ".join(filter(None, officers)) if permission["levels"] else ""
    clients = _words(permission["clients"])
    held = ";".join(filter(None, (who and f"工作人员 {who}", clients and f"程序 {clients}")))
    scope = f",范围 scope <code>{escape(permission['scope'])}</code>" if permission["scope"] else ""
    return f"<code>{escape(permission['name'])}</code> {escape(permission['description'])}:{held}{scope}"


def _words(names: list[str]) -> str:
    return "、".join(escape(_WORDS.get(name, name)) for name in names)


def _parameters(operation: Operation) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(one['in'])}{' *' if one.get('required') else ''}"
        f"</td><td>{escape(one.get('description') or one.get('schema', {}).get('description', ''))}</td></tr>"
        for one in operation.get("parameters", [])
    )
    return f"<table><tr><th>参数 parameter</th><th></th><th></th></tr>{rows}</table>" if rows else ""


def _request(document: Mapping[str, Any], path: str, method: str, operation: Operation) -> str:
    command = f'curl -X {method.upper()} "$BANGFU{path}"'
    if not operation["x-permission"].get("public"):
        command += ' -H "Authorization: Bearer $TOKEN"'
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        value = example(content.get("schema", {}), document["components"]["schemas"])
        if media == "application/json":
            command += f" -H 'Content-Type: {media}' -d '{_json(value)}'"
        elif isinstance(value, dict):
            flag = "-F" if media == "multipart/form-data" else "-d"
            command += "".join(f" {flag} '{name}={part}'" for name, part in value.items())
    return f"<p><b>示例 Example</b></p><pre>{escape(command)}</pre>"


def _answers(document: Mapping[str, Any], operation: Operation) -> str:
    rows, sample = "", ""
    for status, answer in sorted(operation.get("responses", {}).items()):
        rows += f"<tr><td><code>{escape(status)}</code></td><td>{escape(answer.get('description', ''))}</td></tr>"
        content = answer.get("content", {}).get("application/json")
        if status.startswith("2") and content and content.get("schema"):
            value = example(content["schema"], document["components"]["schemas"])
            sample = f"<p><b>应答 Answer</b></p><pre>{escape(_json(value))}</pre>"
    return f"{sample}<table><tr><th>状态 status</th><th></th></tr>{rows}</table>"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
