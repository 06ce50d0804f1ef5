"""Every RPC call of Headend: a request model says by its type which answer it gets.

A module is named as the service that answers its calls; one that is not says so by `SERVICE = "customers"` at its top.
"""

import re
import sys
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

READING = frozenset({"get", "list", "preview", "draft", "count", "sum", "read", "render", "check"})
"""Verbs of calls that change nothing."""
Answer = TypeVar("Answer", bound=BaseModel)


class View(BaseModel):
    """An answer, or a part of one. Unknown fields are ignored, so that an older caller takes a newer answer."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Call(BaseModel, Generic[Answer]):
    """A request. `class GetPlan(Call[PlanView])` in module billing is method `get_plan` of service `billing`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    service: ClassVar[str]
    method: ClassVar[str]
    answer: ClassVar[type[BaseModel]]
    reads: ClassVar[bool]
    """Whether it only looks: by the verb that its name begins with, so that a new verb counts as changing something."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for parent in cls.__mro__[1:]:
            arguments = parent.__dict__.get("__pydantic_generic_metadata__", {}).get("args", ())
            if arguments and not isinstance(arguments[0], TypeVar):
                cls.answer = arguments[0]
                break
        else:
            return
        module = sys.modules[cls.__module__]
        cls.service = getattr(module, "SERVICE", cls.__module__.rpartition(".")[2])
        cls.method = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        cls.reads = cls.method.partition("_")[0] in READING


class Done(View):
    """The answer of a call that has nothing to tell but that it was carried out."""


class Page(View):
    """Fields of a page of a list: `next` is the cursor of the page after, None at the end."""

    next: str | None = None
