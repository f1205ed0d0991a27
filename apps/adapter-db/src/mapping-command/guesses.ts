/** What names of tables and columns mostly mean. All of it is a guess, and written into the starter as one. */
export interface TableGuess {
  readonly resource: string;
  readonly name: RegExp;
  /** In this order; a column is used once, an element once. */
  readonly columns: readonly ColumnGuess[];
  /** Said where no column is found for it. */
  readonly otherwise?: Readonly<Record<string, string>>;
}

export interface ColumnGuess {
  readonly path: string;
  readonly name: RegExp;
  readonly kind?: ColumnKind;
  /** YAML of the rule's other members. */
  readonly options?: string;
}

/** How the values are looked at before a rule is written. */
export type ColumnKind = 'date' | 'dateTime' | 'sex' | 'name' | 'boolean' | 'plain';

const guess = (path: string, name: RegExp, kind: ColumnKind = 'plain'): ColumnGuess => ({ path, name, kind });
/** With members of the rule, as YAML. */
const guessAs = (path: string, name: RegExp, options: string): ColumnGuess => ({ path, name, kind: 'plain', options });

const number = /^(mrn|mr_?no|record_?no|patient_?(no|number)|reg(istration)?_?no|hospital_?no)$/i;
const nationalNumber = /^(cnic|nic|national_?id|nrc|ssn|aadhaar)$/i;
const born = /^(dob|birth_?date|date_?of_?birth|born|d_?o_?b)$/i;
const phone = /^(phone|mobile|cell|tel(ephone)?|contact)(_?(no|number))?$/i;
const patientGuesses: readonly ColumnGuess[] = [
  guessAs('identifier[0]', number, 'type: MR'),
  guessAs('identifier[1]', nationalNumber, 'type: NI'),
  guess('name[0].family', /^(last_?name|surname|family_?name)$/i),
  guess('name[0].given[0]', /^(first_?name|given_?name|forename)$/i),
  guess('name[0]', /^(full_?name|name|patient_?name|name_?en(glish)?)$/i, 'name'),
  guess('name[1]', /^(name_?(ur(du)?|my|burmese|local|native)|(full|patient)_?name_?(ur(du)?|local))$/i, 'name'),
  guess('gender', /^(sex|gender)$/i, 'sex'),
  guess('birthDate', born, 'date'),
  guess('deceasedDateTime', /^(death_?date|died(_?at|_?on)?)$/i, 'dateTime'),
  guess('deceasedBoolean', /^(deceased|is_?dead|dead)$/i, 'boolean'),
  guessAs('telecom[0]', phone, 'as: phone'),
  guessAs('telecom[1]', /^e?_?mail(_?address)?$/i, 'as: email'),
  guess('address[0].line[0]', /^(address(_?1)?|street|addr)$/i),
  guess('address[0].city', /^(city|town|home_?town)$/i),
  guess('address[0].district', /^(district|taluka|township)$/i),
  guess('address[0].postalCode', /^(zip|post(al)?_?code|pin_?code)$/i),
];

/** Of the more particular names first: `lab_order` is an order, `lab_result` a result. */
export const tableGuesses: readonly TableGuess[] = [
  { resource: 'Patient', name: /patient(s|_?master)?$|^persons?$|^people$/i, columns: patientGuesses },
  {
    resource: 'AllergyIntolerance',
    name: /allerg/i,
    columns: [
      guessAs('code', /^(allergen|substance|allergy|drug|agent)(_?(name|code))?$/i, 'as: concept'),
      guess('reaction[0].manifestation[0].text', /^(reaction|symptom)s?$/i),
      guess('recordedDate', /^(recorded|noted|created|entered)(_?(at|on|date))?$/i, 'dateTime'),
    ],
  },
  {
    resource: 'MedicationRequest',
    name: /prescri|medication/i,
    columns: [
      guess('medicationCodeableConcept.text', /^(drug|medicine|medication|item)(_?name)?$/i),
      guess('authoredOn', /^(written|prescribed|ordered|created)(_?(at|on|date))?$|^date$/i, 'dateTime'),
      guess('dosageInstruction[0].text', /^(sig|dose|dosage|directions|instructions?)$/i),
    ],
    otherwise: { status: '{ const: unknown }', intent: '{ const: order }' },
  },
  {
    resource: 'Condition',
    name: /diagnos|problem|condition/i,
    columns: [
      guessAs('code', /^(icd(_?10)?|code|diagnosis_?code|dx_?code)(_?code)?$/i, 'as: concept'),
      guess('code.text', /^(diagnosis|description|problem|condition|dx)(_?(name|text))?$/i),
      guess('recordedDate', /^(recorded|diagnosed|noted|created)(_?(at|on|date))?$|^date$/i, 'dateTime'),
    ],
  },
  {
    resource: 'ServiceRequest',
    name: /orders?$|requests?$|referrals?$/i,
    columns: [
      guess('code.text', /^(test|service|procedure|item|description)(_?name)?$/i),
      guess('authoredOn', /^(ordered|requested|created)(_?(at|on|date))?$|^date$/i, 'dateTime'),
    ],
    otherwise: { status: '{ const: unknown }', intent: '{ const: order }' },
  },
  {
    resource: 'DiagnosticReport',
    name: /reports?$/i,
    columns: [
      guess('code.text', /^(report|title|type|exam(ination)?|study)(_?(name|title|type))?$/i),
      guess('issued', /^(issued|reported|signed)(_?(at|on|date))?$/i, 'dateTime'),
      guess('conclusion', /^(conclusion|findings?|impression|summary|report_?text)$/i),
    ],
    otherwise: { 'code.text': '{ const: report }', status: '{ const: unknown }' },
  },
  {
    resource: 'Observation',
    name: /results?$|observations?$|vitals?$|^lab/i,
    columns: [
      guessAs('code', /^(test|analyte|loinc|result|observation)(_?code)$/i, 'as: concept'),
      guess('code.text', /^(test|analyte|observation|parameter)(_?name)?$/i),
      guess(
        'effectiveDateTime',
        /^(collected|taken|observed|sampled|measured|result)(_?(at|on|date))$|^date$/i,
        'dateTime',
      ),
      guess('issued', /^(reported|released|issued|verified)(_?(at|on|date))$/i, 'dateTime'),
      guessAs('valueQuantity', /^(value(_?num)?|result(_?value)?|reading)$/i, 'as: quantity'),
      guess('valueString', /^(value_?text|result_?text)$/i),
    ],
    otherwise: { 'code.text': '{ const: result }', status: '{ const: unknown }' },
  },
  {
    resource: 'Encounter',
    name: /visits?|encounters?$|admissions?$|register$|episodes?$/i,
    columns: [
      guess(
        'period.start',
        /^(admit(ted)?|admission|visit|arriv(ed|al)|start(ed)?|reg(istered)?)(_?(at|on|date|time))?$|^date$/i,
        'dateTime',
      ),
      guess('period.end', /^(discharged?|left|end(ed)?|closed)(_?(at|on|date|time))?$/i, 'dateTime'),
      guess('participant[0].individual', /^(doctor|physician|consultant|attending)(_?name)?$/i),
      guess('location[0].location', /^(ward|clinic|room|department)(_?name)?$/i),
      guess('reasonCode[0].text', /^(reason|complaint|chief_?complaint)$/i),
    ],
    otherwise: { status: '{ const: unknown }' },
  },
  {
    resource: 'Practitioner',
    name: /doctors?$|physicians?$|staff$|employees?$|practitioners?$|nurses?$/i,
    columns: [
      guess('name[0].family', /^(last_?name|surname|family_?name)$/i),
      guess('name[0].given[0]', /^(first_?name|given_?name)$/i),
      guess('name[0]', /^(full_?name|name|doctor_?name)$/i, 'name'),
      guessAs('telecom[0]', phone, 'as: phone'),
      guess('active', /^(active|is_?active|enabled)$/i, 'boolean'),
    ],
  },
  {
    resource: 'Location',
    name: /wards?$|rooms?$|beds?$|locations?$/i,
    columns: [guess('name', /^(name|title|ward|room)(_?name)?$/i)],
  },
  {
    resource: 'Organization',
    name: /departments?$|clinics?$|organi[sz]ations?$|facilit(y|ies)$/i,
    columns: [guess('name', /^(name|title|department)(_?name)?$/i)],
  },
];

/** Elements of which a rule for one says the other one too. */
export const excludes: Readonly<Record<string, readonly string[]>> = {
  'name[0].family': ['name[0]'],
  'name[0].given[0]': ['name[0]'],
  deceasedDateTime: ['deceasedBoolean'],
  valueQuantity: ['valueString'],
};
