"""The words printed on an invoice, in every language we speak."""

from dataclasses import dataclass

from contracts.cards import FeeCategory, PaymentMode, Service
from reports.renderers.amounts import paper_language


@dataclass(frozen=True, slots=True)
class InvoiceLabels:
    """All words of an invoice. `{}` stands for what is filled in."""

    invoice: str
    number: str
    issued_on: str
    billed_to: str
    customer_number: str
    tax_id: str
    payment: str
    payment_number: str
    mode: str
    reference: str
    received_by: str
    description: str
    period: str
    amount: str
    total: str
    in_words: str
    part_of: str
    page: str
    void: str
    void_note: str
    services: dict[Service, str]
    modes: dict[PaymentMode, str]
    fees: dict[FeeCategory, str]


def invoice_labels(locale: str) -> InvoiceLabels:
    """The words for a locale; English where we do not speak it."""
    return _LABELS[paper_language(locale)]


def _services(cable_tv: str, broadband: str) -> dict[Service, str]:
    return {Service.CABLE_TV: cable_tv, Service.BROADBAND: broadband}


def _modes(cash: str, online: str, opening: str) -> dict[PaymentMode, str]:
    return {PaymentMode.CASH: cash, PaymentMode.ONLINE: online, PaymentMode.OPENING: opening}


def _fees(*names: str) -> dict[FeeCategory, str]:
    """In the order of FeeCategory."""
    return dict(zip(FeeCategory, names, strict=True))


_LABELS = {
    "en": InvoiceLabels(
        invoice="Invoice",
        number="Invoice number",
        issued_on="Date",
        billed_to="Billed to",
        customer_number="Customer no.",
        tax_id="Tax ID",
        payment="Payment",
        payment_number="Payment number",
        mode="Mode",
        reference="Reference",
        received_by="Received by",
        description="Description",
        period="Period",
        amount="Amount",
        total="Total",
        in_words="Amount in words",
        part_of="part of {}",
        page="Page {} of {}",
        void="VOID",
        void_note="This invoice is void.",
        services=_services("Cable TV", "Broadband"),
        modes=_modes("Cash", "Online", "Opening balance"),
        fees=_fees(
            "Subscription", "Installation", "Handling", "Labour and material", "Relocation", "Transfer",
            "Voluntary stop", "Reactivation", "Maintenance", "Late fee", "Other",
        ),
    ),
    "fr": InvoiceLabels(
        invoice="Facture",
        number="Numéro de facture",
        issued_on="Date",
        billed_to="Facturé à",
        customer_number="N° client",
        tax_id="N° fiscal",
        payment="Paiement",
        payment_number="N° de paiement",
        mode="Mode",
        reference="Référence",
        received_by="Reçu par",
        description="Désignation",
        period="Période",
        amount="Montant",
        total="Total",
        in_words="Montant en toutes lettres",
        part_of="{} (en partie)",
        page="Page {} sur {}",
        void="ANNULÉE",
        void_note="Cette facture est annulée.",
        services=_services("Télévision par câble", "Internet haut débit"),
        modes=_modes("Espèces", "En ligne", "Solde d’ouverture"),
        fees=_fees(
            "Abonnement", "Installation", "Frais de dossier", "Main-d’œuvre et matériel", "Déménagement", "Cession",
            "Suspension volontaire", "Réactivation", "Entretien", "Frais de retard", "Autre",
        ),
    ),
    "id": InvoiceLabels(
        invoice="Faktur",
        number="Nomor faktur",
        issued_on="Tanggal",
        billed_to="Ditagihkan kepada",
        customer_number="No. pelanggan",
        tax_id="NPWP",
        payment="Pembayaran",
        payment_number="Nomor pembayaran",
        mode="Cara bayar",
        reference="Referensi",
        received_by="Diterima oleh",
        description="Uraian",
        period="Periode",
        amount="Jumlah",
        total="Total",
        in_words="Terbilang",
        part_of="sebagian {}",
        page="Halaman {} dari {}",
        void="BATAL",
        void_note="Faktur ini dibatalkan.",
        services=_services("TV kabel", "Internet"),
        modes=_modes("Tunai", "Daring", "Saldo awal"),
        fees=_fees(
            "Langganan", "Pemasangan", "Penanganan", "Tenaga kerja dan bahan", "Pindah alamat", "Alih nama",
            "Berhenti sementara", "Pengaktifan kembali", "Pemeliharaan", "Denda keterlambatan", "Lain-lain",
        ),
    ),
    "pl": InvoiceLabels(
        invoice="Faktura",
        number="Numer faktury",
        issued_on="Data wystawienia",
        billed_to="Nabywca",
        customer_number="Nr klienta",
        tax_id="NIP",
        payment="Płatność",
        payment_number="Numer płatności",
        mode="Forma płatności",
        reference="Numer referencyjny",
        received_by="Przyjęto przez",
        description="Opis",
        period="Okres",
        amount="Kwota",
        total="Razem",
        in_words="Słownie",
        part_of="{} (część)",
        page="Strona {} z {}",
        void="ANULOWANA",
        void_note="Ta faktura została anulowana.",
        services=_services("Telewizja kablowa", "Internet"),
        modes=_modes("Gotówka", "Online", "Saldo początkowe"),
        fees=_fees(
            "Abonament", "Instalacja", "Opłata manipulacyjna", "Robocizna i materiały", "Przeniesienie", "Cesja",
            "Zawieszenie na życzenie", "Ponowna aktywacja", "Konserwacja", "Opłata za zwłokę", "Inne",
        ),
    ),
    "zh_Hant": InvoiceLabels(
        invoice="發票",
        number="發票號碼",
        issued_on="日期",
        billed_to="客戶",
        customer_number="客戶編號",
        tax_id="統一編號",
        payment="付款",
        payment_number="付款編號",
        mode="付款方式",
        reference="參考編號",
        received_by="收款人",
        description="項目",
        period="期間",
        amount="金額",
        total="合計",
        in_words="大寫金額",
        part_of="{}（部分）",
        page="第 {} 頁，共 {} 頁",
        void="作廢",
        void_note="本發票已作廢。",
        services=_services("有線電視", "寬頻上網"),
        modes=_modes("現金", "線上付款", "期初餘額"),
        fees=_fees(
            "月租費", "安裝費", "手續費", "工料費", "移機費", "過戶費",
            "自願停用費", "復機費", "維護費", "滯納金", "其他",
        ),
    ),
    "fa": InvoiceLabels(
        invoice="فاکتور",
        number="شماره فاکتور",
        issued_on="تاریخ",
        billed_to="خریدار",
        customer_number="شماره مشتری",
        tax_id="شناسه مالیاتی",
        payment="پرداخت",
        payment_number="شماره پرداخت",
        mode="روش پرداخت",
        reference="شماره پیگیری",
        received_by="دریافت‌کننده",
        description="شرح",
        period="دوره",
        amount="مبلغ",
        total="جمع کل",
        in_words="مبلغ به حروف",
        part_of="بخشی از {}",
        page="صفحه {} از {}",
        void="باطل",
        void_note="این فاکتور باطل شده است.",
        services=_services("تلویزیون کابلی", "اینترنت پرسرعت"),
        modes=_modes("نقدی", "آنلاین", "مانده ابتدای دوره"),
        fees=_fees(
            "اشتراک", "نصب", "خدمات", "دستمزد و مواد", "جابه‌جایی", "انتقال",
            "توقف داوطلبانه", "فعال‌سازی دوباره", "نگهداری", "جریمه دیرکرد", "سایر",
        ),
    ),
}  # fmt: skip
