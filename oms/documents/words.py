"""The words of papers in four languages. Each is one line of the table: English, Dutch, German, Danish."""

from enum import StrEnum
from typing import Final

_ORDER: Final = ("en", "nl", "de", "da")


class Word(StrEnum):
    """A word or sentence that stands on papers. What is in braces is filled in."""

    PACKING_SLIP = "packing_slip"
    PICK_LIST = "pick_list"
    RECEIPT = "receipt"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    CREDITS = "credits"
    DUE = "due"
    YOUR_ORDER = "your_order"
    YOUR_VAT = "your_vat"
    SENDING = "sending"
    REVERSE_CHARGE = "reverse_charge"
    RETURN_SLIP = "return_slip"
    PURCHASE_ORDER = "purchase_order"
    SUPPLIER = "supplier"
    WANTED_BY = "wanted_by"
    CUSTOMER_NUMBER = "customer_number"
    PALLET_LIST = "pallet_list"
    HAND_OVER = "hand_over"
    ORDER = "order"
    ORDERED_ON = "ordered_on"
    PARCEL = "parcel"
    CARRIER = "carrier"
    TRACKING = "tracking"
    SHIP_TO = "ship_to"
    BILL_TO = "bill_to"
    SENDER = "sender"
    QTY = "qty"
    ITEM = "item"
    LOT = "lot"
    NUMBER = "number"
    DATE = "date"
    PRICE = "price"
    AMOUNT = "amount"
    TAX = "tax"
    NET = "net"
    TOTAL = "total"
    TOTAL_TAX_IN = "total_tax_in"
    VAT = "vat"
    NOTE = "note"
    LATER = "later"
    THANKS = "thanks"
    QUESTIONS = "questions"
    BIN = "bin"
    TOTE = "tote"
    LANE = "lane"
    ORDERS = "orders"
    MADE = "made"
    PICKED = "picked"
    RETURN_PAPER = "return_paper"
    RETURN_LABEL = "return_label"
    RETURN_LABEL_ON = "return_label_on"
    RETURN_PUT_IN = "return_put_in"
    RETURN_STICK_ON = "return_stick_on"
    RETURN_COSTS = "return_costs"
    RETURN_WHAT = "return_what"
    RETURN_HOW = "return_how"
    REASON = "reason"
    REASONS = "reasons"
    PIECES_BACK = "pieces_back"
    RETURN_TO = "return_to"
    WEIGHT = "weight"
    PARCELS = "parcels"
    PALLETS = "pallets"
    PALLET = "pallet"
    SINGLE_PARCELS = "single_parcels"
    TOWN = "town"
    DRIVER = "driver"
    PLATE = "plate"
    SEAL = "seal"
    SIGNATURE = "signature"
    TAKEN_OVER = "taken_over"
    PROOF = "proof"
    PAGE = "page"


_TABLE: Final[dict[Word, tuple[str, str, str, str]]] = {
    Word.PACKING_SLIP: ("Packing slip", "Pakbon", "Lieferschein", "Følgeseddel"),
    Word.PICK_LIST: ("Pick list", "Picklijst", "Pickliste", "Plukliste"),
    Word.RECEIPT: ("Receipt", "Kassabon", "Quittung", "Kvittering"),
    Word.INVOICE: ("Invoice", "Factuur", "Rechnung", "Faktura"),
    Word.CREDIT_NOTE: ("Credit note", "Creditnota", "Gutschrift", "Kreditnota"),
    Word.CREDITS: ("To invoice", "Bij factuur", "Zu Rechnung", "Til faktura"),
    Word.DUE: ("To be paid by", "Te betalen voor", "Zu zahlen bis", "Betales senest"),
    Word.YOUR_ORDER: ("Your order number", "Uw bestelnummer", "Ihre Bestellnummer", "Jeres ordrenummer"),
    Word.YOUR_VAT: ("Your VAT number", "Uw btw-nummer", "Ihre USt-IdNr.", "Jeres momsnummer"),
    Word.SENDING: ("Shipping", "Verzending", "Versand", "Forsendelse"),
    Word.REVERSE_CHARGE: (
        "VAT reverse charged: the customer pays it.", "Btw verlegd naar de afnemer.", "Steuerschuldnerschaft des Leistungsempfängers.",
        "Omvendt betalingspligt: køberen betaler momsen.",
    ),
    Word.PURCHASE_ORDER: ("Purchase order", "Inkooporder", "Einkaufsbestellung", "Indkøbsordre"),
    Word.SUPPLIER: ("Supplier", "Leverancier", "Lieferant", "Leverandør"),
    Word.WANTED_BY: ("Delivery by", "Levering voor", "Lieferung bis", "Levering senest"),
    Word.CUSTOMER_NUMBER: ("Our customer number", "Ons klantnummer", "Unsere Kundennummer", "Vores kundenummer"),
    Word.RETURN_SLIP: ("Return slip", "Retourbon", "Rücksendeschein", "Returseddel"),
    Word.PALLET_LIST: ("Pallet content", "Palletinhoud", "Paletteninhalt", "Palleindhold"),
    Word.HAND_OVER: ("Hand-over list", "Overdrachtslijst", "Übergabeliste", "Overdragelsesliste"),
    Word.ORDER: ("Order", "Bestelling", "Bestellung", "Ordre"),
    Word.ORDERED_ON: ("Ordered on", "Besteld op", "Bestellt am", "Bestilt den"),
    Word.PARCEL: ("Parcel", "Pakket", "Paket", "Pakke"),
    Word.CARRIER: ("Carrier", "Vervoerder", "Versand", "Fragtfirma"),
    Word.TRACKING: ("Tracking number", "Trackingnummer", "Sendungsnummer", "Sporingsnummer"),
    Word.SHIP_TO: ("Delivery address", "Afleveradres", "Lieferadresse", "Leveringsadresse"),
    Word.BILL_TO: ("Billed to", "Factuuradres", "Rechnungsadresse", "Faktureringsadresse"),
    Word.SENDER: ("Sender", "Afzender", "Absender", "Afsender"),
    Word.QTY: ("Qty", "Aantal", "Menge", "Antal"),
    Word.ITEM: ("Item", "Artikel", "Artikel", "Vare"),
    Word.LOT: ("Lot", "Partij", "Charge", "Parti"),
    Word.NUMBER: ("Number", "Nummer", "Nummer", "Nummer"),
    Word.DATE: ("Date", "Datum", "Datum", "Dato"),
    Word.PRICE: ("Price", "Prijs", "Preis", "Pris"),
    Word.AMOUNT: ("Amount", "Bedrag", "Betrag", "Beløb"),
    Word.TAX: ("VAT {rate}", "Btw {rate}", "MwSt. {rate}", "Moms {rate}"),
    Word.NET: ("Total without VAT", "Totaal zonder btw", "Summe ohne MwSt.", "I alt uden moms"),
    Word.TOTAL: ("Total", "Totaal", "Gesamt", "I alt"),
    Word.TOTAL_TAX_IN: ("Total with VAT", "Totaal met btw", "Gesamt mit MwSt.", "I alt med moms"),
    Word.VAT: ("VAT number", "Btw-nummer", "USt-IdNr.", "Momsnummer"),
    Word.NOTE: ("Note", "Opmerking", "Hinweis", "Bemærkning"),
    Word.LATER: ("to follow: {n}", "volgt nog: {n}", "Nachlieferung: {n}", "følger senere: {n}"),
    Word.THANKS: (
        "Thank you for your order.", "Bedankt voor uw bestelling.", "Vielen Dank für Ihre Bestellung.", "Tak for din ordre.",
    ),
    Word.QUESTIONS: ("Questions? {where}", "Vragen? {where}", "Fragen? {where}", "Spørgsmål? {where}"),
    Word.BIN: ("Bin", "Vak", "Platz", "Plads"),
    Word.TOTE: ("Tote", "Bak", "Kiste", "Kasse"),
    Word.LANE: ("Lane", "Baan", "Bahn", "Bane"),
    Word.ORDERS: ("Orders", "Bestellingen", "Bestellungen", "Ordrer"),
    Word.MADE: ("Made", "Gemaakt", "Erstellt", "Oprettet"),
    Word.PICKED: ("Picked", "Gepickt", "Gepickt", "Plukket"),
    Word.RETURN_PAPER: ("Return", "Retour", "Rücksendung", "Retur"),
    Word.RETURN_LABEL: ("Return label", "Retourlabel", "Rücksendeetikett", "Returlabel"),
    Word.RETURN_LABEL_ON: (
        "Stick this onto the parcel, where nothing covers it.", "Plak dit op het pakket, waar niets het bedekt.",
        "Kleben Sie dies gut sichtbar auf das Paket.", "Klæb denne på pakken, hvor intet dækker den.",
    ),
    Word.RETURN_PUT_IN: (
        "Please put this sheet into the parcel, on top of the goods.",
        "Leg dit blad boven op de artikelen in het pakket.",
        "Bitte legen Sie dieses Blatt oben auf die Ware in das Paket.",
        "Læg dette ark øverst i pakken.",
    ),
    Word.RETURN_STICK_ON: (
        "Or cut this out and stick it onto the parcel:", "Of knip dit uit en plak het op het pakket:",
        "Oder ausschneiden und auf das Paket kleben:", "Eller klip dette ud, og klæb det på pakken:",
    ),
    Word.RETURN_COSTS: (
        "Sending it back costs {amount}, which we take off what you get.", "Terugsturen kost {amount}; dat gaat af van wat je krijgt.",
        "Das Zurückschicken kostet {amount}; das ziehen wir von dem ab, was Sie bekommen.",
        "Det koster {amount} at sende den tilbage; det trækker vi fra det, du får.",
    ),
    Word.RETURN_WHAT: ("What comes back?", "Wat komt terug?", "Was kommt zurück?", "Hvad kommer retur?"),
    Word.RETURN_HOW: (
        "Fill in pieces and reason, put this slip into the parcel, and send it within {days} days.",
        "Vul aantal en reden in, leg deze bon in het pakket en stuur het binnen {days} dagen op.",
        "Stückzahl und Grund eintragen, diesen Schein ins Paket legen und innerhalb von {days} Tagen zurücksenden.",
        "Skriv antal og årsag, læg sedlen i pakken, og send den inden {days} dage.",
    ),
    Word.REASON: ("Reason", "Reden", "Grund", "Årsag"),
    Word.REASONS: (
        "1 too small or too large · 2 not as shown · 3 damaged · 4 wrong item · 5 too late · 6 changed my mind",
        "1 te klein of te groot · 2 niet als getoond · 3 beschadigd · 4 verkeerd artikel · 5 te laat · 6 bedacht",
        "1 zu klein oder zu groß · 2 nicht wie gezeigt · 3 beschädigt · 4 falscher Artikel · 5 zu spät · 6 gefällt nicht",
        "1 for lille eller for stor · 2 ikke som vist · 3 beskadiget · 4 forkert vare · 5 for sent · 6 fortrudt",
    ),
    Word.PIECES_BACK: ("Back", "Retour", "Zurück", "Retur"),
    Word.RETURN_TO: ("Send to", "Sturen naar", "Senden an", "Sendes til"),
    Word.WEIGHT: ("Weight", "Gewicht", "Gewicht", "Vægt"),
    Word.PARCELS: ("Parcels", "Pakketten", "Pakete", "Pakker"),
    Word.PALLETS: ("Pallets", "Pallets", "Paletten", "Paller"),
    Word.PALLET: ("Pallet", "Pallet", "Palette", "Palle"),
    Word.SINGLE_PARCELS: ("Single parcels", "Losse pakketten", "Einzelne Pakete", "Løse pakker"),
    Word.TOWN: ("Town", "Plaats", "Ort", "By"),
    Word.DRIVER: ("Driver", "Chauffeur", "Fahrer", "Chauffør"),
    Word.SEAL: ("Seal", "Zegel", "Plombe", "Plombe"),
    Word.PLATE: ("Number plate", "Kenteken", "Kennzeichen", "Nummerplade"),
    Word.SIGNATURE: ("Signature", "Handtekening", "Unterschrift", "Underskrift"),
    Word.TAKEN_OVER: (
        "Taken over: {units} loading units, {parcels} parcels.",
        "Overgenomen: {units} laadeenheden, {parcels} pakketten.",
        "Übernommen: {units} Ladeeinheiten, {parcels} Pakete.",
        "Overtaget: {units} lasteenheder, {parcels} pakker.",
    ),
    Word.PROOF: ("Proof", "Bewijs", "Nachweis", "Bevis"),
    Word.PAGE: ("Page {n} of {of}", "Pagina {n} van {of}", "Seite {n} von {of}", "Side {n} af {of}"),
}  # fmt: skip


#: Why something comes back (`sync.contract.returns.ReturnReason`), in the same order of languages.
_REASONS: Final[dict[str, tuple[str, str, str, str]]] = {
    "changed_mind": ("changed my mind", "bedacht", "gefällt nicht", "fortrudt"),
    "does_not_fit": ("does not fit", "past niet", "passt nicht", "passer ikke"),
    "not_as_described": ("not as described", "niet zoals beschreven", "nicht wie beschrieben", "ikke som beskrevet"),
    "damaged": ("arrived damaged", "beschadigd aangekomen", "beschädigt angekommen", "beskadiget ved ankomst"),
    "defective": ("does not work", "werkt niet", "funktioniert nicht", "virker ikke"),
    "wrong_item": ("wrong item", "verkeerd artikel", "falscher Artikel", "forkert vare"),
    "missing_parts": ("parts are missing", "er ontbreken delen", "Teile fehlen", "der mangler dele"),
    "too_late": ("came too late", "kwam te laat", "kam zu spät", "kom for sent"),
    "other": ("another reason", "een andere reden", "ein anderer Grund", "en anden grund"),
}  # fmt: skip


def reason(code: str, language: str) -> str:
    """Why something comes back, as customers say it."""
    return _REASONS.get(code, _REASONS["other"])[_ORDER.index(language)]


def say(word: Word, language: str, **words: str | int) -> str:
    """The word in one of the four languages, filled."""
    return _TABLE[word][_ORDER.index(language)].format(**words)
