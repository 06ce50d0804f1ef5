"""What reports listens to: every event that changes what a report says."""

from chassis.reactions import Reactions
from contracts.events import (
    BranchChanged,
    ChargesRaised,
    CustomerChanged,
    CustomerDeactivated,
    CustomerErased,
    CustomerRegistered,
    PaymentMade,
    PaymentVoided,
    SubscriptionChanged,
)
from reports.projections.charges import charges_raised
from reports.projections.payments import payment_made, payment_voided
from reports.projections.people import (
    branch_changed,
    customer_changed,
    customer_erased,
    subscription_changed,
)

REACTIONS = Reactions(
    {
        BranchChanged: branch_changed,
        CustomerRegistered: customer_changed,
        CustomerChanged: customer_changed,
        CustomerDeactivated: customer_changed,
        CustomerErased: customer_erased,
        SubscriptionChanged: subscription_changed,
        ChargesRaised: charges_raised,
        PaymentMade: payment_made,
        PaymentVoided: payment_voided,
    }
)
"""Each event with the projection that keeps it."""
