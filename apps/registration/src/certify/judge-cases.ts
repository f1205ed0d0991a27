import { type AuthorityFact, type ReceivedEvent, Rejected, type SourceFact } from '@anamnesis/core';
import type { Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';
import type { Case, Judged } from './case.js';
import { judge, systemsOf } from './judge.js';
import { placeAuthority } from './place-authority.js';
import { RetiredNumbers } from './retired-numbers.js';

export interface JudgedCases {
  readonly judged: readonly Judged[];
  /** Authorities that nobody used before, as they are to be kept if the events count. */
  readonly firstUsed: readonly AuthorityFact[];
}

/** Judges cases in their order, by what registration knows. Writes nothing. */
export async function judgeCases(registration: Registration, turn: Turn, cases: readonly Case[]): Promise<JudgedCases> {
  const { cache } = registration;
  await cache.load(turn, {
    bindings: cases.map(({ event }) => event.source),
    serials: cases.map(({ event }) => event.signature.certificateSerial),
    systems: cases.flatMap(({ event }) => systemsOf(event)),
  });
  const retired = await RetiredNumbers.load(turn, registration.keys.deploymentKey, cases);
  const firstUsed = new Map<string, AuthorityFact>();
  const judged: Judged[] = [];
  for (const one of cases) {
    const authority = (system: string) => firstUsed.get(system) ?? cache.authority(system);
    const result = await judgeCase(registration, turn, { authority, retired, one });
    if ('judgement' in result.verdict) {
      retired.take(one.event);
      for (const system of result.verdict.judgement.firstUsed)
        firstUsed.set(system, { kind: 'authority', system, scope: 'facility', issuer: one.event.source.facility });
    }
    judged.push(result);
  }
  return { judged, firstUsed: [...firstUsed.values()] };
}

type FindAuthority = (system: string) => AuthorityFact | undefined;

async function judgeCase(
  registration: Registration,
  turn: Turn,
  { authority, retired, one }: { authority: FindAuthority; retired: RetiredNumbers; one: Case },
): Promise<Judged> {
  const { cache } = registration;
  const { event, fault, isSignatureValid, appendedAt, isRevokedAccepted } = one;
  const certificate = cache.certificate(event.signature.certificateSerial);
  const holder = cache.source(certificate?.sourceId ?? '');
  const source = cache.sourceOf(event.source);
  const permitted = await permittedTo(registration, turn, { authority, source, event });
  const isPermitted = (_: unknown, system: string) => permitted.has(system);
  try {
    if (fault) throw fault;
    const known = { certificate, isSignatureValid, holder, source, appendedAt, isRevokedAccepted };
    const judgement = judge(event, { ...known, authority, isPermitted });
    retired.check(one);
    return { ...one, sourceId: judgement.source.id, verdict: { judgement } };
  } catch (rejection) {
    if (!(rejection instanceof Rejected)) throw rejection;
    return { ...one, sourceId: source?.id ?? null, verdict: { rejection: await placeAuthority(rejection, one) } };
  }
}

interface Asking {
  readonly authority: FindAuthority;
  readonly source: SourceFact | undefined;
  readonly event: ReceivedEvent;
}

/** Authorities of other facilities that the event uses and its source was permitted. */
async function permittedTo(
  { cache }: Registration,
  turn: Turn,
  { authority, source, event }: Asking,
): Promise<ReadonlySet<string>> {
  const permitted = new Set<string>();
  if (source === undefined) return permitted;
  for (const system of systemsOf(event)) {
    const known = authority(system);
    const isForeign = known?.scope === 'facility' && known.issuer !== source.facility;
    if (isForeign && (await cache.isPermitted(turn, source.id, system))) permitted.add(system);
  }
  return permitted;
}
