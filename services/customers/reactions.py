"""What customers listens to: nothing yet."""

from chassis.reactions import Reactions

REACTIONS = Reactions({})
