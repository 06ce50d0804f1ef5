"""Refusals of plans, subscriptions and runs; those of payments stand beside their rules (payment_rules)."""

from contracts.errors import Conflict, RuleBroken


class PlanCodeTaken(Conflict):
    """The branch has a plan of this code."""

    code = "plan_code_taken"


class PriceDateTaken(Conflict):
    """The plan has a price from this date on."""

    code = "price_date_taken"


class PriceNegative(RuleBroken):
    """A price is below zero."""

    code = "price_negative"


class PlanOfOtherBranch(RuleBroken):
    """The plan is not of the customer's branch."""

    code = "plan_of_other_branch"


class CustomerDeactivated(RuleBroken):
    """The customer is not served."""

    code = "customer_deactivated"


class RunUnderWay(Conflict):
    """A run of the same kind is charging or reminding the same branch."""

    code = "run_under_way"


class NoBranch(RuleBroken):
    """There is no branch to run for."""

    code = "no_branch"


class ImportBroken(RuleBroken):
    """A chunk of an import names something that cannot be stored."""

    code = "import_broken"


class PromiseOutOfReach(RuleBroken):
    """A promise is for today or the next months."""

    code = "promise_out_of_reach"


class NoPromise(Conflict):
    """There is no promise to withdraw."""

    code = "no_promise"
