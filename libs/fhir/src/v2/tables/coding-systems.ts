import { codeMap } from './code-map.js';

/** HL7 table 0396 and the names seen beside it, to the URI that FHIR R4 lists for the system. */
const coding = codeMap({
  LN: 'http://loinc.org',
  LOINC: 'http://loinc.org',
  SCT: 'http://snomed.info/sct',
  SCT2: 'http://snomed.info/sct',
  SNM: 'http://snomed.info/sct',
  SNOMED: 'http://snomed.info/sct',
  'SNOMED-CT': 'http://snomed.info/sct',
  SNOMEDCT: 'http://snomed.info/sct',
  UCUM: 'http://unitsofmeasure.org',
  I10: 'http://hl7.org/fhir/sid/icd-10',
  ICD10: 'http://hl7.org/fhir/sid/icd-10',
  'ICD-10': 'http://hl7.org/fhir/sid/icd-10',
  I10C: 'http://hl7.org/fhir/sid/icd-10-cm',
  ICD10CM: 'http://hl7.org/fhir/sid/icd-10-cm',
  'ICD-10-CM': 'http://hl7.org/fhir/sid/icd-10-cm',
  I10P: 'http://www.cms.gov/Medicare/Coding/ICD10',
  I9: 'http://terminology.hl7.org/CodeSystem/icd9',
  ICD9: 'http://terminology.hl7.org/CodeSystem/icd9',
  I9C: 'http://hl7.org/fhir/sid/icd-9-cm',
  I9CDX: 'http://hl7.org/fhir/sid/icd-9-cm',
  I9CP: 'http://hl7.org/fhir/sid/icd-9-cm',
  ICD9CM: 'http://hl7.org/fhir/sid/icd-9-cm',
  C4: 'http://www.ama-assn.org/go/cpt',
  CPT4: 'http://www.ama-assn.org/go/cpt',
  CPT: 'http://www.ama-assn.org/go/cpt',
  RXNORM: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  NDC: 'http://hl7.org/fhir/sid/ndc',
  CVX: 'http://hl7.org/fhir/sid/cvx',
  MVX: 'http://hl7.org/fhir/sid/mvx',
  UNII: 'http://fdasis.nlm.nih.gov',
  ISO639: 'urn:ietf:bcp:47',
});

/** The URI of a coding system as written in CE.3 or CWE.3; undefined when only the sender knows it. */
export function codingSystem(name: string): string | undefined {
  const listed = coding.get(name.toUpperCase());
  if (listed !== undefined) return listed;
  const table = /^(?:HL7|V2)-?(\d{4})$/i.exec(name);
  if (table?.[1] !== undefined) return tableSystem(table[1]);
  if (/^[0-2](?:\.\d+){3,}$/.test(name)) return `urn:oid:${name}`;
  return /^(?:https?:\/\/|urn:)\S+$/.test(name) ? name : undefined;
}

/** `http://terminology.hl7.org/CodeSystem/v2-0078` */
export function tableSystem(table: string): string {
  return `http://terminology.hl7.org/CodeSystem/v2-${table}`;
}
