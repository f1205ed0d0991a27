// What the benchmarks send. Every field is invented.
const start = Uint8Array.of(0x0b);
const end = Uint8Array.of(0x1c, 0x0d);

/** Kinds of message by name: makes the bytes of the n-th, of so many patients. */
export const mixes = {
  /** 3 ADT^A08 (0.4 KB) : 1 ORU^R01 (0.5 KB). */
  small: (controlId, n, patients) => (n % 4 === 3 ? oru(controlId, n, patients, 2) : adt(controlId, n, patients)),
  adt: (controlId, n, patients) => adt(controlId, n, patients),
  oru: (controlId, n, patients) => oru(controlId, n, patients, 2),
  /** 3 ADT^A08 (1.4 KB) : 1 ORU^R01 (2.1 KB, 20 results), 1.55 KB in the mean. */
  typical: (controlId, n, patients) =>
    n % 4 === 3 ? oru(controlId, n, patients, tests.length) : fullAdt(controlId, n, patients),
};

/** The message in its MLLP frame. */
export function framed(text) {
  return Buffer.concat([start, Buffer.from(text, 'utf8'), end]);
}

/** The patient number of the n-th message; the Kafka partition hangs on it. */
export function patientNumber(n, patients = 2000) {
  return `B-${n % patients}`;
}

const startMs = Date.UTC(2026, 2, 6);
const said = { n: -1, seconds: 0, text: '' };

/** Each message is a second later than the one made before, whatever its number: a feed in order, over all steps of a run. */
function timeOf(n) {
  if (n !== said.n) {
    const at = new Date(startMs + ++said.seconds * 1000).toISOString();
    Object.assign(said, { n, text: `${at.slice(0, 19).replace(/[-T:]/g, '')}+0000` });
  }
  return said.text;
}

function msh(type, controlId, n) {
  return `MSH|^~\\&|ADT|MPK|ANAMNESIS|HUB|${timeOf(n)}||${type}|${controlId}|P|2.5.1`;
}

function pid(n, patients) {
  const given = typeof patients === 'function' ? patients(n) : patientNumber(n, patients);
  return `PID|1||${given}^^^MPK^MR||TESTPATIENT^NUMBER${given}||19620320|F|||${n} Station Road^^Mirpurkhas^^69000^PAK^H||^PRN^PH^^92^233^5550100`;
}

function joined(segments) {
  return `${segments.join('\r')}\r`;
}

function adt(controlId, n, patients) {
  const visit = `PV1|1|O|OPD^^^MPK||||1234^SPECIMEN^SAMIRA|||MED||||||||V-${n % 2000}^^^MPK`;
  return joined([msh('ADT^A08^ADT_A01', controlId, n), `EVN|A08|${timeOf(n)}`, pid(n, patients), visit]);
}

function oru(controlId, n, patients, results) {
  const time = timeOf(n);
  const observations = Array.from({ length: results }, (_, index) => {
    const [code, name, value, unit, range] = tests[index % tests.length];
    return `OBX|${index + 1}|NM|${code}^${name}^LN||${value}|${unit}^^UCUM|${range}|N|||F|||${time}`;
  });
  const request = `OBR|1|P${n}|F${n}|1554-5^GLUCOSE^LN|||${time}|||||||||||||||${time}|||F`;
  const more = results > 2 ? [`ORC|RE|P${n}|F${n}||CM||||${time}|||1234^SPECIMEN^SAMIRA`] : [];
  return joined([msh('ORU^R01^ORU_R01', controlId, n), pid(n, patients), ...more, request, ...observations]);
}

const tests = [
  ['1554-5', 'GLUCOSE POST 12H CFST SERPL-MCNC', '182', 'mg/dL', '70-105'],
  ['2160-0', 'CREATININE SERPL-MCNC', '1.10', 'mg/dL', '0.6-1.2'],
  ['2951-2', 'SODIUM SERPL-SCNC', '139', 'mmol/L', '135-145'],
  ['2823-3', 'POTASSIUM SERPL-SCNC', '4.2', 'mmol/L', '3.5-5.1'],
  ['2075-0', 'CHLORIDE SERPL-SCNC', '102', 'mmol/L', '98-107'],
  ['17861-6', 'CALCIUM SERPL-MCNC', '9.40', 'mg/dL', '8.6-10.3'],
  ['3094-0', 'UREA NITROGEN SERPL-MCNC', '15', 'mg/dL', '7-20'],
  ['1751-7', 'ALBUMIN SERPL-MCNC', '4.1', 'g/dL', '3.5-5.0'],
  ['1920-8', 'AST SERPL-CCNC', '24', 'U/L', '10-40'],
  ['1742-6', 'ALT SERPL-CCNC', '22', 'U/L', '7-56'],
  ['6768-6', 'ALP SERPL-CCNC', '71', 'U/L', '44-147'],
  ['1975-2', 'BILIRUBIN SERPL-MCNC', '0.70', 'mg/dL', '0.1-1.2'],
  ['6690-2', 'LEUKOCYTES BLD AUTO-NCNC', '7.3', '10*3/uL', '4.5-11.0'],
  ['789-8', 'ERYTHROCYTES BLD AUTO-NCNC', '4.62', '10*6/uL', '4.2-5.4'],
  ['718-7', 'HEMOGLOBIN BLD-MCNC', '13.1', 'g/dL', '12.0-15.5'],
  ['4544-3', 'HEMATOCRIT BLD AUTO-VFR', '39.4', '%', '36-46'],
  ['787-2', 'MCV RBC AUTO', '88', 'fL', '80-100'],
  ['785-6', 'MCH RBC AUTO', '29.1', 'pg', '27-33'],
  ['786-4', 'MCHC RBC AUTO-MCNC', '33.0', 'g/dL', '32-36'],
  ['777-3', 'PLATELETS BLD AUTO-NCNC', '251', '10*3/uL', '150-450'],
];

function fullAdt(controlId, n, patients) {
  const time = timeOf(n);
  const visit =
    `PV1|1|I|WARD4^12^A^MPK^^^^2|U|||1234^SPECIMEN^SAMIRA^^^DR|5678^EXAMPLE^OMAR^^^DR||MED||||7|A0||` +
    `1234^SPECIMEN^SAMIRA^^^DR|INP|V-${n % 2000}^^^MPK^VN|SELF||||||||||||||||||||MPK||A|||${time}`;
  return joined([
    msh('ADT^A08^ADT_A01', controlId, n),
    `EVN|A08|${time}|||OPERATOR7^CLERK^TEST|${time}`,
    `${pid(n, patients)}|^WPN^PH^^92^233^5550199|ur^Urdu^HL70296|M|ISL|AC-${n % 2000}^^^MPK^AN|||||Mirpurkhas||||PAK`,
    `PD1|||MPK POLYCLINIC^^10044|9012^SAMPLE^NADIA^^^DR`,
    `NK1|1|TESTPATIENT^RELATIVE^A|SPO^Spouse^HL70063|${n} Station Road^^Mirpurkhas^^69000^PAK^H|^PRN^PH^^92^233^5550101||EC^Emergency contact^HL70131`,
    `NK1|2|TESTPATIENT^OTHER^B|BRO^Brother^HL70063|17 Canal View^^Hyderabad^^71000^PAK^H|^PRN^PH^^92^22^5550102||EC^Emergency contact^HL70131`,
    visit,
    `PV2||PRIVATE^Private room|FEVER^Fever and cough since three days`,
    `AL1|1|DA^Drug allergy^HL70127|7980^Penicillin^RXNORM|SV^Severe^HL70128|Rash and swelling|20190611`,
    `DG1|1||J18.9^Pneumonia, unspecified organism^I10|Pneumonia|${time}|A^Admitting^HL70052`,
    `IN1|1|SEHAT^Sehat card|8801|STATE LIFE INSURANCE|PO Box 5725^^Karachi^^74000^PAK|||GRP-77|||20250101|20261231|||TESTPATIENT^NUMBER|SEL^Self^HL70063|19620320|${n} Station Road^^Mirpurkhas^^69000^PAK||||||||||||||||||SC-${n % 2000}`,
  ]);
}
