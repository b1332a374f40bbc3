"""Who may do what with subsidies. Bound to endpoints as annotated parameters.

Where a row lies is not asked here: rows outside the caller's sight are invisible by query and by row-level security.
Who decides and who pays are two departments: the lead department of a benefit (人社) reviews, checks and approves the
claim; the finance department (财政) of the same county drafts, approves and follows the payment. Article 12 of
云人社发〔2017〕100号: claims go to the human resources department of the origin, the money comes from the
employment subsidy fund of the same level (从同级就业补助资金中列支).
"""

from typing import Annotated

from fastapi import Depends

from shared.auth import Department, Duty, Principal, Role
from shared.errors import Text
from shared.permissions import ANY_LEVEL, COUNTY_AND_ABOVE, Guard, Permission

_COUNTY = frozenset({Role.COUNTY})
_TOWNSHIP = frozenset({Role.TOWNSHIP})
_ORGANISATIONS = frozenset({Role.ORGANISATION})
_SYSTEMS = frozenset({Role.SYSTEM})
_HRSS = frozenset({Department.HRSS})
_FINANCE = frozenset({Department.FINANCE})

PAYEE_READ = Permission(
    "subsidy.payee.read",
    Text("查看收款账户", "Read payees"),
    scope="subsidy:read",
    levels=ANY_LEVEL,
    clients=_ORGANISATIONS,
)
PayeeReader = Annotated[Principal, Depends(Guard(PAYEE_READ))]

PAYEE_WRITE = Permission(
    "subsidy.payee.write",
    Text("登记收款账户", "Register payees"),
    scope="subsidy:write",
    levels=ANY_LEVEL,
    duties=frozenset({Duty.REGISTRAR}),
    clients=_ORGANISATIONS,
)
PayeeWriter = Annotated[Principal, Depends(Guard(PAYEE_WRITE))]

CLAIM_READ = Permission(
    "subsidy.claim.read",
    Text("查看补贴申报", "Read claims"),
    scope="subsidy:read",
    levels=ANY_LEVEL,
    clients=_ORGANISATIONS,
)
ClaimReader = Annotated[Principal, Depends(Guard(CLAIM_READ))]

CLAIM_MAKE = Permission(
    "subsidy.claim.make",
    Text("申报补贴", "Make claims"),
    scope="subsidy:write",
    levels=ANY_LEVEL,
    duties=frozenset({Duty.REGISTRAR}),
    clients=_ORGANISATIONS,
)
Claimant = Annotated[Principal, Depends(Guard(CLAIM_MAKE))]

CLAIM_REVIEW = Permission(
    "subsidy.claim.review",
    Text("乡镇初审", "Review claims (township)"),
    scope="subsidy:write",
    levels=_TOWNSHIP,
    departments=_HRSS,
    duties=frozenset({Duty.REVIEWER}),
)
ClaimReviewer = Annotated[Principal, Depends(Guard(CLAIM_REVIEW))]

CLAIM_CHECK = Permission(
    "subsidy.claim.check",
    Text("县级复核", "Check claims (county)"),
    scope="subsidy:write",
    levels=_COUNTY,
    departments=_HRSS,
    duties=frozenset({Duty.REVIEWER}),
)
ClaimChecker = Annotated[Principal, Depends(Guard(CLAIM_CHECK))]

CLAIM_APPROVE = Permission(
    "subsidy.claim.approve",
    Text("县级审批", "Approve claims (county)"),
    scope="subsidy:write",
    levels=_COUNTY,
    departments=_HRSS,
    duties=frozenset({Duty.APPROVER}),
)
ClaimApprover = Annotated[Principal, Depends(Guard(CLAIM_APPROVE))]

CLAIM_DECLINE = Permission(
    "subsidy.claim.decline",
    Text("退回或驳回申报", "Return or reject claims"),
    scope="subsidy:write",
    levels=_TOWNSHIP | _COUNTY,
    departments=_HRSS,
    duties=frozenset({Duty.REVIEWER, Duty.APPROVER}),
)
ClaimDecliner = Annotated[Principal, Depends(Guard(CLAIM_DECLINE))]

FUND_READ = Permission(
    "subsidy.fund.read",
    Text("查看资金和账目", "Read funds and ledger"),
    scope="subsidy:read",
    levels=COUNTY_AND_ABOVE,
)
FundReader = Annotated[Principal, Depends(Guard(FUND_READ))]

FUND_WRITE = Permission(
    "subsidy.fund.write",
    Text("登记资金和指标", "Keep funds and appropriations"),
    scope="subsidy:write",
    levels=_COUNTY,
    departments=_FINANCE,
    duties=frozenset({Duty.FINANCE}),
)
FundKeeper = Annotated[Principal, Depends(Guard(FUND_WRITE))]

BATCH_READ = Permission(
    "subsidy.batch.read",
    Text("查看支付批次", "Read payment batches"),
    scope="subsidy:read",
    levels=COUNTY_AND_ABOVE,
    clients=_SYSTEMS,
)
BatchReader = Annotated[Principal, Depends(Guard(BATCH_READ))]

BATCH_DRAFT = Permission(
    "subsidy.batch.draft",
    Text("编制支付批次", "Draft payment batches"),
    scope="subsidy:write",
    levels=_COUNTY,
    departments=_FINANCE,
    duties=frozenset({Duty.FINANCE}),
)
BatchDrafter = Annotated[Principal, Depends(Guard(BATCH_DRAFT))]

BATCH_APPROVE = Permission(
    "subsidy.batch.approve",
    Text("审批支付批次", "Approve payment batches"),
    scope="subsidy:write",
    levels=_COUNTY,
    departments=_FINANCE,
    duties=frozenset({Duty.APPROVER}),
)
BatchApprover = Annotated[Principal, Depends(Guard(BATCH_APPROVE))]

BATCH_FILE = Permission(
    "subsidy.batch.file",
    Text("下载银行支付文件(含完整账号)", "Download the bank's file (full accounts)"),
    scope="subsidy:pay",
    levels=_COUNTY,
    departments=_FINANCE,
    duties=frozenset({Duty.FINANCE}),
    clients=_SYSTEMS,
)
BatchSender = Annotated[Principal, Depends(Guard(BATCH_FILE))]

BATCH_RESULT = Permission(
    "subsidy.batch.result",
    Text("回传支付结果(银行或财政系统)", "Report payment results (bank or finance system)"),
    scope="subsidy:pay",
    clients=_SYSTEMS,
)
ResultReporter = Annotated[Principal, Depends(Guard(BATCH_RESULT))]

FEED_READ = Permission(
    "subsidy.feed.read",
    Text("读取变更流", "Read the change feed"),
    scope="feed:read",
    clients=frozenset({Role.SERVICE}),
)
FeedReader = Guard(FEED_READ)
