"""The words printed on a paid or unpaid report, in every language we speak."""

from dataclasses import dataclass

from contracts.calls.reports import Selection
from contracts.cards import PaymentMode, Service
from reports.domain.report import ReportHeader
from reports.renderers.amounts import moment_text, month_text, paper_language
from reports.renderers.invoice_labels import invoice_labels


@dataclass(frozen=True, slots=True)
class ReportLabels:
    """All words of a report. `{}` stands for what is filled in."""

    titles: dict[Selection, str]
    all_branches: str
    branch: str
    crf: str
    customer: str
    mobile: str
    area: str
    plan: str
    amount: str
    paid: str
    open: str
    last_payment: str
    mode: str
    invoices: str
    total: str
    rows: str
    as_of: str
    not_caught_up: str
    requested_by: str
    nothing: str
    page: str


def report_labels(locale: str) -> ReportLabels:
    """The words for a locale; English where we do not speak it."""
    return _LABELS[paper_language(locale)]


def mode_names(locale: str) -> dict[PaymentMode, str]:
    """Modes of payment as they are called on invoices too."""
    return invoice_labels(locale).modes


def service_name(service: Service, locale: str) -> str:
    """A service as it is called on invoices too."""
    return invoice_labels(locale).services[service]


def title(header: ReportHeader) -> str:
    """ "Paid — Cable TV — May 2026"."""
    words = report_labels(header.locale).titles[header.selection]
    return f"{words} — {service_name(header.service, header.locale)} — {month_text(header.period, header.locale)}"


def subtitle(header: ReportHeader) -> str:
    """Branch, moment of the figures, who asked."""
    labels = report_labels(header.locale)
    moment = moment_text(header.as_of, header.locale)
    parts = [
        header.branch or labels.all_branches,
        (labels.as_of if header.caught_up else labels.not_caught_up).format(moment),
        labels.requested_by.format(header.requested_by) if header.requested_by else "",
    ]
    return "  ·  ".join(filter(None, parts))


def _titles(paid: str, unpaid: str) -> dict[Selection, str]:
    return {Selection.PAID: paid, Selection.UNPAID: unpaid}


_LABELS = {
    "en": ReportLabels(
        titles=_titles("Paid", "Unpaid"),
        all_branches="All branches",
        branch="Branch",
        crf="CRF",
        customer="Customer",
        mobile="Mobile",
        area="Area",
        plan="Plan",
        amount="Charged",
        paid="Paid",
        open="Open",
        last_payment="Last paid",
        mode="Mode",
        invoices="Invoices",
        total="Total",
        rows="{} rows",
        as_of="As of {}",
        not_caught_up="As of {}; later payments are not in it yet",
        requested_by="Requested by {}",
        nothing="Nothing to report for this month.",
        page="Page {} of {}",
    ),
    "fr": ReportLabels(
        titles=_titles("Payé", "Impayé"),
        all_branches="Toutes les agences",
        branch="Agence",
        crf="N° client",
        customer="Client",
        mobile="Mobile",
        area="Secteur",
        plan="Forfait",
        amount="Facturé",
        paid="Payé",
        open="Reste dû",
        last_payment="Dernier paiement",
        mode="Mode",
        invoices="Factures",
        total="Total",
        rows="{} lignes",
        as_of="Situation au {}",
        not_caught_up="Situation au {} ; les paiements ultérieurs n’y figurent pas encore",
        requested_by="Demandé par {}",
        nothing="Rien à signaler pour ce mois.",
        page="Page {} sur {}",
    ),
    "id": ReportLabels(
        titles=_titles("Lunas", "Belum lunas"),
        all_branches="Semua cabang",
        branch="Cabang",
        crf="No. pelanggan",
        customer="Pelanggan",
        mobile="Ponsel",
        area="Area",
        plan="Paket",
        amount="Tagihan",
        paid="Dibayar",
        open="Sisa",
        last_payment="Bayar terakhir",
        mode="Cara bayar",
        invoices="Faktur",
        total="Total",
        rows="{} baris",
        as_of="Per {}",
        not_caught_up="Per {}; pembayaran sesudahnya belum termasuk",
        requested_by="Diminta oleh {}",
        nothing="Tidak ada data untuk bulan ini.",
        page="Halaman {} dari {}",
    ),
    "pl": ReportLabels(
        titles=_titles("Zapłacone", "Niezapłacone"),
        all_branches="Wszystkie oddziały",
        branch="Oddział",
        crf="Nr klienta",
        customer="Klient",
        mobile="Telefon",
        area="Rejon",
        plan="Taryfa",
        amount="Należność",
        paid="Zapłacono",
        open="Pozostało",
        last_payment="Ost. wpłata",
        mode="Forma",
        invoices="Faktury",
        total="Razem",
        rows="Liczba pozycji: {}",
        as_of="Stan na {}",
        not_caught_up="Stan na {}; późniejszych wpłat jeszcze nie ujęto",
        requested_by="Na zlecenie: {}",
        nothing="Brak danych za ten miesiąc.",
        page="Strona {} z {}",
    ),
    "zh_Hant": ReportLabels(
        titles=_titles("已繳", "未繳"),
        all_branches="所有分公司",
        branch="分公司",
        crf="客戶編號",
        customer="客戶",
        mobile="手機",
        area="區域",
        plan="方案",
        amount="應收",
        paid="已收",
        open="未收",
        last_payment="最近付款",
        mode="方式",
        invoices="發票",
        total="合計",
        rows="共 {} 筆",
        as_of="截至 {}",
        not_caught_up="截至 {}；之後的付款尚未計入",
        requested_by="製表：{}",
        nothing="本月沒有資料。",
        page="第 {} 頁，共 {} 頁",
    ),
    "fa": ReportLabels(
        titles=_titles("پرداخت‌شده", "پرداخت‌نشده"),
        all_branches="همه شعبه‌ها",
        branch="شعبه",
        crf="شماره مشتری",
        customer="مشتری",
        mobile="همراه",
        area="منطقه",
        plan="طرح",
        amount="بدهی",
        paid="پرداختی",
        open="مانده",
        last_payment="آخرین پرداخت",
        mode="روش",
        invoices="فاکتورها",
        total="جمع کل",
        rows="{} ردیف",
        as_of="تا {}",
        not_caught_up="تا {}؛ پرداخت‌های بعدی هنوز در آن نیست",
        requested_by="درخواست‌کننده: {}",
        nothing="برای این ماه چیزی نیست.",
        page="صفحه {} از {}",
    ),
}
