import { compareBirthDates, type DateAgreement, isDefaultDate, isOneEdit, yearsApart } from './evidence.js';
import { areGivenNamesAlike, areSwapped, isPlaceholderName, normalName } from './names.js';

/** Guards of identity.md §4 that this index has the facts for. */
export type Guard = 'G1' | 'G2' | 'G3' | 'G4' | 'G6' | 'G7' | 'G8' | 'G9' | 'G10' | 'G12' | 'G15';

/** What the messages of one patient record claim of the patient. */
export interface RecordClaim {
  readonly birthDate: string | null;
  readonly familyName: string | null;
  readonly givenName: string | null;
  readonly sex: string | null;
  /** Family names claimed before, normalised. */
  readonly formerNames: readonly string[];
  readonly isDeceased: boolean;
  readonly deceasedSince: string | null;
  readonly lastActivityAt: string;
  /** Numbers of national authorities. */
  readonly nationalIdentifiers: readonly { readonly system: string; readonly value: string }[];
}

/** What is known of the pair beyond its two records. */
export interface PairContext {
  /** Records that carry the number which both share. */
  readonly recordsWithIdentifier: number;
  readonly identifierRecordsMax: number;
  /** Records of the person that the link would make. */
  readonly recordsTogether: number;
  readonly personRecordsMax: number;
  /** The link would join two records that an operator holds to be different people. */
  readonly joinsNotSame: boolean;
}

/** `none`: no evidence beside the number yet, neither for nor against. */
export type PairJudgement =
  { readonly outcome: 'link' | 'none' } | { readonly outcome: 'review'; readonly guards: readonly Guard[] };

const generationYears = 13;

/**
 * Two records that carry one number of a national or enterprise authority: are they one person? Links when birth date or
 * family name agrees too and no guard fires. A wrong link shows another person's blood group; a missing one hides
 * history: what is in doubt goes to review.
 */
export function judgePair(a: RecordClaim, b: RecordClaim, context: PairContext): PairJudgement {
  const seen = compare(a, b);
  const isSupported = seen.birth === 'same' || seen.family === 'same';
  const isContradicted = seen.birth === 'different' || seen.family === 'different';
  if (!isSupported && !isContradicted) return { outcome: 'none' };
  const guards = [...claimGuards(a, b, seen), ...contextGuards(context)];
  return guards.length === 0 && isSupported ? { outcome: 'link' } : { outcome: 'review', guards };
}

type NameAgreement = 'same' | 'different' | 'unknown';

interface Comparison {
  readonly birth: DateAgreement;
  readonly family: NameAgreement;
  readonly given: NameAgreement;
}

function compare(a: RecordClaim, b: RecordClaim): Comparison {
  const birth = compareBirthDates(a.birthDate, b.birthDate);
  const names = [a.familyName, a.givenName, b.familyName, b.givenName].map(normalName);
  const [familyA = '', givenA = '', familyB = '', givenB = ''] = names;
  if (!names.includes('') && areSwapped([familyA, givenA], [familyB, givenB]))
    return { birth, family: 'same', given: 'same' };
  return { birth, family: compareFamily(a, b), given: compareGiven(givenA, givenB) };
}

function compareFamily(a: RecordClaim, b: RecordClaim): NameAgreement {
  const now = [normalName(a.familyName), normalName(b.familyName)];
  const [familyA = '', familyB = ''] = now;
  if (now.includes('') || isPlaceholderName(a.familyName) || isPlaceholderName(b.familyName)) return 'unknown';
  // A change that the source itself told (marriage, A08) is known: the old name still counts.
  const isKnownChange = a.formerNames.includes(familyB) || b.formerNames.includes(familyA);
  return familyA === familyB || isKnownChange ? 'same' : 'different';
}

function compareGiven(a: string, b: string): NameAgreement {
  if (a === '' || b === '') return 'unknown';
  return areGivenNamesAlike(a, b) ? 'same' : 'different';
}

function claimGuards(a: RecordClaim, b: RecordClaim, { birth, family, given }: Comparison): readonly Guard[] {
  const isTwinLike = given === 'different' && family === 'same' && birth === 'same';
  const fires: Readonly<Partial<Record<Guard, boolean>>> = {
    G1: haveOtherNationalNumbers(a, b),
    G2: given === 'different',
    G3: birth === 'different' || (birth === 'same' && isDefaultDate(a.birthDate) && family !== 'same'),
    G4: family === 'different',
    G6: [a, b].some(isNamePlaceholder),
    G7: isTwinLike,
    G8: given === 'same' && family === 'same' && areGenerationsApart(a, b),
    G9: haveOtherSex(a, b),
    G10: isActiveAfterDeath(a, b) || isActiveAfterDeath(b, a),
  };
  return namesOf(fires);
}

function contextGuards(context: PairContext): readonly Guard[] {
  return namesOf({
    G12: context.recordsWithIdentifier > context.identifierRecordsMax,
    G15: context.joinsNotSame || context.recordsTogether > context.personRecordsMax,
  });
}

function namesOf(fires: Readonly<Partial<Record<Guard, boolean>>>): readonly Guard[] {
  return (Object.keys(fires) as Guard[]).filter((guard) => fires[guard] === true);
}

/** In an authority where both have numbers, no number of one is within one edit of one of the other. */
function haveOtherNationalNumbers(a: RecordClaim, b: RecordClaim): boolean {
  return a.nationalIdentifiers.some(({ system }) => {
    const valuesOf = (record: RecordClaim) =>
      record.nationalIdentifiers.filter((one) => one.system === system).map((one) => one.value);
    const others = valuesOf(b);
    return others.length > 0 && !valuesOf(a).some((value) => others.some((other) => isOneEdit(value, other)));
  });
}

function isNamePlaceholder({ familyName, givenName }: RecordClaim): boolean {
  return normalName(givenName) === '' || isPlaceholderName(givenName) || isPlaceholderName(familyName);
}

function areGenerationsApart(a: RecordClaim, b: RecordClaim): boolean {
  if (a.birthDate === null || b.birthDate === null) return false;
  return yearsApart(a.birthDate, b.birthDate) >= generationYears;
}

/** Unknown and other codes (HL7 table 0001: A, N, O, U) say nothing against. */
function haveOtherSex(a: RecordClaim, b: RecordClaim): boolean {
  return [a.sex, b.sex].sort().join('') === 'FM';
}

function isActiveAfterDeath(dead: RecordClaim, other: RecordClaim): boolean {
  return dead.isDeceased && !other.isDeceased && other.lastActivityAt > (dead.deceasedSince ?? '');
}
