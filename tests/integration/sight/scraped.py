"""Figures as Prometheus reads them."""

from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families


@dataclass(frozen=True)
class Scrape:
    """All samples of one answer of /metrics."""

    samples: tuple[tuple[str, dict[str, str], float], ...]

    @property
    def names(self) -> set[str]:
        """The names of all samples: of a histogram x those of x_bucket, x_sum, x_count."""
        return {name for name, _, _ in self.samples}

    def total(self, name: str, **labels: str) -> float:
        """The sum over all samples of that name with these labels."""
        return sum(
            value for found, has, value in self.samples if found == name and labels.items() <= has.items()
        )

    def of_headend(self) -> list[tuple[str, dict[str, str], float]]:
        """Only what Headend itself measures."""
        return [sample for sample in self.samples if sample[0].startswith("headend_")]


def scrape(address: str, path: str = "/metrics") -> Scrape:
    """What `address` tells at the path."""
    families = text_string_to_metric_families(httpx.get(f"{address}{path}", timeout=5).text)
    return Scrape(tuple((s.name, dict(s.labels), s.value) for family in families for s in family.samples))
