"""What the demo region's hospitals have: ward kinds, skills, equipment and 40 products.

Figures are rounded from public orders of magnitude and invented where none is public; none is
a recommendation. Medicines carry their real ATC code, trade item numbers are of the range that
GS1 keeps for use inside a house (prefix 200), so that none belongs to a real article.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PRODUCTS", "SKILLS", "VENTILATOR", "WARDS", "Product", "Skill", "Ward", "house_gtin"]

VENTILATOR = "ventilator"


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward kind.

    Attributes:
        key: category.
        name_en: name in English.
        name_fr: name in French.
        registry_label: how the bed registry calls it.
        share_of_beds: share of a site's beds.
        smallest: beds below which a site does without such a ward.
        surge: open beds in a surge, as a multiple of the usual ones.
        stay_days: mean length of stay of patients without the epidemic disease, in midnights.
        usual_share: occupied share of the staffed beds in a quiet week.
        weekend: admissions of a Saturday or Sunday, as a share of a weekday's.
        season: relative height of the winter.
    """

    key: str
    name_en: str
    name_fr: str
    registry_label: str
    share_of_beds: float
    smallest: int
    surge: float
    stay_days: float
    usual_share: float
    weekend: float
    season: float


# Tables read better with one line or two an entry than with one line a figure.
# fmt: off
WARDS = (
    Ward("general", "General wards", "Hospitalisation conventionnelle", "HC",
         0.80, 20, 1.18, 5.6, 0.81, 0.72, 0.05),
    Ward("hdu", "High-dependency units", "Soins intensifs et continus", "USC",
         0.045, 6, 1.45, 3.6, 0.74, 0.84, 0.06),
    Ward("icu", "Intensive care units", "Réanimation", "REA",
         0.052, 8, 1.85, 5.2, 0.68, 0.90, 0.06),
    Ward("emergency", "Emergency observation", "Lits d'urgence", "UHCD",
         0.035, 4, 1.40, 1.2, 0.52, 1.06, 0.08),
    Ward("paediatric", "Paediatric wards", "Pédiatrie", "PED",
         0.068, 12, 1.15, 2.7, 0.66, 0.86, 0.22),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill of staff.

    Attributes:
        key: category.
        name_en: name in English.
        name_fr: name in French.
        ward: ward kind it serves.
        patients_per_staff: in the modes normal, stretched, crisis.
    """

    key: str
    name_en: str
    name_fr: str
    ward: str
    patients_per_staff: tuple[float, float, float]


# fmt: off
SKILLS = (
    Skill("nurse_general", "Nurses, general wards", "Infirmiers de médecine et chirurgie",
          "general", (10.0, 12.0, 15.0)),
    Skill("nurse_hdu", "Nurses, high dependency", "Infirmiers de soins continus", "hdu",
          (4.0, 5.0, 6.0)),
    Skill("nurse_icu", "Nurses, intensive care", "Infirmiers de réanimation", "icu",
          (2.5, 3.5, 5.0)),
    Skill("physician_icu", "Physicians, intensive care", "Médecins réanimateurs", "icu",
          (8.0, 12.0, 16.0)),
    Skill("nurse_emergency", "Nurses, emergency", "Infirmiers des urgences", "emergency",
          (5.0, 6.0, 8.0)),
    Skill("nurse_paediatric", "Nurses, paediatrics", "Puéricultrices", "paediatric",
          (6.0, 8.0, 10.0)),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Product:
    """A product, down to model and size.

    Attributes:
        key: key in the table of products.
        name_en: name in English.
        name_fr: name in French.
        unit: UCUM unit of stock and use.
        pack_size: units in a pack.
        kind: ppe, medicine, device, test or other.
        lead_time_days: usual days from order to receipt.
        doses: mean use per patient-day, in the order of WARDS.
        background: use per bed and day that does not hang on patients.
        surge: how much use per patient rises when the epidemic is high (0.5: half more).
        standard_code: ATC code, "" for others.
        is_reusable: used again after cleaning.
        unmet: lost or backorder.
    """

    key: str
    name_en: str
    name_fr: str
    unit: str
    pack_size: int
    kind: str
    lead_time_days: int
    doses: tuple[float, float, float, float, float]
    background: float
    surge: float
    standard_code: str = ""
    is_reusable: bool = False
    unmet: str = "lost"


def _medicine(
    key: str,
    name_en: str,
    name_fr: str,
    unit: str,
    pack: int,
    atc: str,
    doses: tuple[float, float, float, float, float],
    surge: float = 0.1,
) -> Product:
    return Product(
        key,
        name_en,
        name_fr,
        unit,
        pack,
        "medicine",
        6,
        doses,
        0.02 * max(doses),
        surge,
        f"ATC {atc}",
    )


# fmt: off
AMPOULE, VIAL, BAG, EACH = "{ampoule}", "{vial}", "{bag}", "1"

PRODUCTS = (
    Product("ffp2_mask_small", "FFP2 mask, small", "Masque FFP2, petite taille", EACH, 50, "ppe",
            12, (0.15, 0.9, 1.6, 0.9, 0.2), 0.05, 1.6),
    Product("ffp2_mask_large", "FFP2 mask, large", "Masque FFP2, grande taille", EACH, 50, "ppe",
            12, (0.35, 1.8, 3.4, 1.9, 0.4), 0.10, 1.6),
    Product("surgical_mask", "Surgical mask, type IIR", "Masque chirurgical, type IIR", EACH, 50,
            "ppe", 10, (2.0, 4.0, 5.0, 6.0, 2.5), 1.50, 1.0),
    Product("gown_disposable", "Isolation gown, disposable", "Surblouse à usage unique", EACH, 20,
            "ppe", 14, (0.4, 3.0, 8.0, 2.5, 0.5), 0.10, 1.1),
    Product("apron", "Plastic apron", "Tablier plastique", EACH, 100, "ppe", 9,
            (3.0, 6.0, 9.0, 5.0, 3.0), 0.50, 0.5),
    Product("gloves_small", "Nitrile gloves, small", "Gants nitrile, S", EACH, 100, "ppe", 10,
            (6.0, 14.0, 22.0, 12.0, 8.0), 2.00, 0.5),
    Product("gloves_medium", "Nitrile gloves, medium", "Gants nitrile, M", EACH, 100, "ppe", 10,
            (10.0, 24.0, 38.0, 20.0, 12.0), 4.00, 0.5),
    Product("gloves_large", "Nitrile gloves, large", "Gants nitrile, L", EACH, 100, "ppe", 10,
            (4.0, 10.0, 16.0, 8.0, 5.0), 1.50, 0.5),
    Product("face_shield", "Face shield, reusable", "Visière, réutilisable", EACH, 10, "ppe", 15,
            (0.02, 0.12, 0.25, 0.10, 0.02), 0.01, 1.5, is_reusable=True),
    Product("hand_gel", "Alcohol hand rub, 500 ml", "Solution hydroalcoolique, 500 ml", "{bottle}",
            12, "other", 8, (0.12, 0.25, 0.35, 0.20, 0.14), 0.04, 0.9),
    _medicine("propofol", "Propofol 1 %, 50 ml", "Propofol 1 %, 50 ml", VIAL, 10, "N01AX10",
              (0.02, 0.30, 3.20, 0.25, 0.02), 0.5),
    _medicine("midazolam", "Midazolam 50 mg", "Midazolam 50 mg", AMPOULE, 10, "N05CD08",
              (0.02, 0.20, 1.60, 0.20, 0.03), 0.6),
    _medicine("cisatracurium", "Cisatracurium 150 mg", "Cisatracurium 150 mg", VIAL, 5, "M03AC11",
              (0.0, 0.02, 0.90, 0.03, 0.0), 1.0),
    _medicine("rocuronium", "Rocuronium 50 mg", "Rocuronium 50 mg", VIAL, 10, "M03AC09",
              (0.01, 0.05, 0.60, 0.15, 0.01), 0.5),
    _medicine("sufentanil", "Sufentanil 250 µg", "Sufentanil 250 µg", AMPOULE, 10, "N01AH03",
              (0.02, 0.15, 1.30, 0.10, 0.01), 0.5),
    _medicine("ketamine", "Ketamine 250 mg", "Kétamine 250 mg", AMPOULE, 5, "N01AX03",
              (0.03, 0.10, 0.50, 0.15, 0.03), 0.4),
    _medicine("norepinephrine", "Norepinephrine 8 mg", "Noradrénaline 8 mg", AMPOULE, 10,
              "C01CA03", (0.0, 0.35, 2.40, 0.20, 0.0), 0.3),
    _medicine("dexamethasone", "Dexamethasone 4 mg", "Dexaméthasone 4 mg", AMPOULE, 10, "H02AB02",
              (0.15, 0.60, 1.10, 0.25, 0.10), 0.8),
    _medicine("paracetamol_iv", "Paracetamol 1 g, infusion", "Paracétamol 1 g, perfusion", BAG, 12,
              "N02BE01", (1.10, 1.80, 2.20, 1.50, 0.60)),
    _medicine("enoxaparin", "Enoxaparin 4000 IU", "Énoxaparine 4000 UI", "{syringe}", 10,
              "B01AB05", (0.55, 0.80, 1.20, 0.20, 0.02), 0.3),
    _medicine("co_amoxiclav", "Co-amoxiclav 1 g", "Amoxicilline et acide clavulanique 1 g", VIAL,
              10, "J01CR02", (0.45, 0.70, 0.90, 0.60, 0.40)),
    _medicine("ceftriaxone", "Ceftriaxone 1 g", "Ceftriaxone 1 g", VIAL, 10, "J01DD04",
              (0.30, 0.50, 0.70, 0.55, 0.30), 0.2),
    _medicine("insulin_rapid", "Insulin aspart, 10 ml", "Insuline asparte, 10 ml", VIAL, 1,
              "A10AB05", (0.06, 0.15, 0.40, 0.05, 0.02)),
    _medicine("morphine", "Morphine 10 mg", "Morphine 10 mg", AMPOULE, 10, "N02AA01",
              (0.35, 0.60, 0.70, 0.80, 0.10), 0.2),
    _medicine("salbutamol", "Salbutamol 5 mg, nebuliser", "Salbutamol 5 mg, nébulisation",
              AMPOULE, 20, "R03AC02", (0.25, 0.50, 0.50, 0.90, 1.20), 0.2),
    _medicine("furosemide", "Furosemide 20 mg", "Furosémide 20 mg", AMPOULE, 10, "C03CA01",
              (0.60, 1.20, 1.80, 0.60, 0.05)),
    _medicine("saline_500", "Sodium chloride 0.9 %, 500 ml", "Chlorure de sodium 0,9 %, 500 ml",
              BAG, 20, "B05BB01", (1.60, 2.80, 4.50, 2.20, 0.90)),
    Product("tracheal_tube_70", "Tracheal tube 7.0", "Sonde d'intubation 7,0", EACH, 10, "device",
            9, (0.0, 0.02, 0.16, 0.05, 0.0), 0.004, 0.4),
    Product("tracheal_tube_80", "Tracheal tube 8.0", "Sonde d'intubation 8,0", EACH, 10, "device",
            9, (0.0, 0.02, 0.20, 0.06, 0.0), 0.004, 0.4),
    Product("breathing_circuit", "Breathing circuit", "Circuit respiratoire", EACH, 10, "device",
            11, (0.0, 0.05, 0.32, 0.04, 0.01), 0.004, 0.4),
    Product("hme_filter", "Heat-moisture filter", "Filtre échangeur de chaleur", EACH, 25,
            "device", 10, (0.0, 0.15, 1.10, 0.10, 0.02), 0.010, 0.5),
    Product("closed_suction", "Closed suction system", "Système d'aspiration clos", EACH, 10,
            "device", 12, (0.0, 0.05, 0.45, 0.02, 0.0), 0.002, 0.6),
    Product("high_flow_cannula", "High-flow nasal cannula", "Canule nasale à haut débit", EACH, 10,
            "device", 12, (0.01, 0.20, 0.25, 0.05, 0.03), 0.002, 0.9),
    Product("oxygen_mask", "Oxygen mask", "Masque à oxygène", EACH, 25, "device", 8,
            (0.12, 0.40, 0.25, 0.50, 0.15), 0.010, 0.6),
    Product("infusion_set", "Infusion set", "Perfuseur", EACH, 50, "device", 7,
            (0.90, 1.60, 3.00, 1.40, 0.50), 0.050, 0.1),
    Product("syringe_50", "Syringe, 50 ml", "Seringue, 50 ml", EACH, 60, "device", 7,
            (0.30, 2.50, 7.50, 0.60, 0.30), 0.050, 0.2),
    Product("pcr_kit", "PCR test", "Test PCR", "{test}", 96, "test", 10,
            (0.10, 0.35, 0.60, 0.90, 0.15), 0.060, 1.6, unmet="backorder"),
    Product("antigen_test", "Antigen test", "Test antigénique", "{test}", 25, "test", 9,
            (0.08, 0.15, 0.20, 0.80, 0.15), 0.050, 1.6, unmet="backorder"),
    Product("blood_gas_cartridge", "Blood gas test", "Test de gaz du sang", "{test}", 25, "test",
            8, (0.10, 1.20, 4.20, 0.60, 0.10), 0.010, 0.3, unmet="backorder"),
    Product("blood_culture", "Blood culture bottle", "Flacon d'hémoculture", "{bottle}", 50,
            "test", 8, (0.25, 0.60, 1.10, 0.60, 0.25), 0.010, 0.2, unmet="backorder"),
)
# fmt: on


def house_gtin(number: int) -> str:
    """GTIN-14 of the range kept for use inside a house, with its check digit.

    Source: GS1 General Specifications, prefix 200 and check digit calculation.
    """
    body = f"0200{number:09d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"
