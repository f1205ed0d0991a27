import type { Coding } from '../../fhir-types.js';
import { codeMap, type CodeMap } from './code-map.js';

/** Codes of an HL7 table in the system that FHIR binds the element to (concept maps of the v2-to-FHIR guide). */
interface Translation {
  readonly system: string;
  readonly codes: CodeMap;
  /** Those that another system has. */
  readonly others?: Translation;
}

const same = (codes: string): Record<string, string> =>
  Object.fromEntries(codes.split(' ').map((code) => [code, code]));

const translations: ReadonlyMap<string, Translation> = new Map([
  [
    '0002',
    {
      system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus',
      codes: codeMap({
        A: 'L',
        B: 'U',
        C: 'C',
        D: 'D',
        E: 'L',
        G: 'T',
        I: 'I',
        M: 'M',
        N: 'A',
        P: 'T',
        R: 'T',
        S: 'S',
        W: 'W',
      }),
    },
  ],
  [
    '0004',
    {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
      codes: codeMap({ E: 'EMER', I: 'IMP', O: 'AMB', P: 'PRENC' }),
    },
  ],
  [
    '0063',
    {
      system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode',
      codes: codeMap({
        BRO: 'BRO',
        CHD: 'CHILD',
        DOM: 'SIGOTHR',
        EXF: 'EXT',
        FCH: 'CHLDFOST',
        FND: 'FRND',
        FTH: 'FTH',
        GCH: 'GRNDCHILD',
        GRP: 'GRPRN',
        MTH: 'MTH',
        NCH: 'NCHILD',
        PAR: 'PRN',
        SCH: 'STPCHLD',
        SEL: 'ONESELF',
        SIB: 'SIB',
        SIS: 'SIS',
        SPO: 'SPS',
      }),
      // Relationship: who is a contact and no relative.
      others: {
        system: 'http://terminology.hl7.org/CodeSystem/v2-0131',
        codes: codeMap({ EMC: 'C', EMR: 'E', OTH: 'O', UNK: 'U' }),
      },
    },
  ],
  [
    '0078',
    {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
      codes: codeMap(
        same(
          '< > A AA B CAR D DET E EX EXP H HH HU I IE IND L LL LU MS N NCL ND NEG NR NS POS R RR S SDD SYN-R SYN-S U UNE VS W WR',
        ),
      ),
    },
  ],
  [
    '0162',
    {
      system: 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration',
      codes: codeMap({ ID: 'IDINJ', IM: 'IM', IV: 'IVINJ', PO: 'PO', SC: 'SQ', TD: 'TRNSDERM' }),
    },
  ],
]);

/** The code that an HL7 table's code means in FHIR; undefined when no map says so. */
export function translate(table: string, code: string): Coding | undefined {
  const translation = translations.get(table);
  return translation && codingIn(translation, code);
}

function codingIn({ system, codes, others }: Translation, code: string): Coding | undefined {
  const translated = codes.get(code);
  return translated === undefined ? others && codingIn(others, code) : { system, code: translated };
}
