import type { AuthorityFact } from '@anamnesis/core';
import { Authority } from '@anamnesis/store';
import { linkDue } from '../persons/link-due.js';
import type { Registration } from '../registration.js';
import { authorityFact } from './authority-fact.js';

/** Linking of what is there already goes on after the answer when it takes longer. */
const linkWaitMs = 5_000;
const listMax = 1000;

export interface Declaration {
  readonly system: string;
  readonly scope: AuthorityFact['scope'];
  /** Facility that issues the numbers. Absent: as before, and nobody for a national authority. */
  readonly issuer?: string;
}

/**
 * Declares an authority or changes it. `enterprise` and `national` switch on linking by its numbers, for records that
 * are there already too.
 */
export async function declareAuthority(registration: Registration, declaration: Declaration): Promise<AuthorityFact> {
  const { system, scope } = declaration;
  const fact = await registration.change(async (turn) => {
    const before = await turn.manager.findOneBy(Authority, { system });
    const issuer = declaration.issuer ?? (scope === 'national' ? null : (before?.issuer ?? null));
    const linking = scope === 'facility' ? ('off' as const) : ('due' as const);
    const row = { system, scope, issuer, linking, createdAt: before?.createdAt ?? turn.at };
    if (before === null) await turn.manager.insert(Authority, row);
    else await turn.manager.update(Authority, { system }, row);
    const announced = authorityFact(row);
    turn.announceFact(announced);
    return announced;
  });
  await Promise.race([linkDue(registration), new Promise((resolve) => setTimeout(resolve, linkWaitMs).unref())]);
  return fact;
}

export async function listAuthorities({ store }: Registration): Promise<readonly AuthorityFact[]> {
  const rows = await store.reader.manager.find(Authority, { order: { system: 'ASC' }, take: listMax });
  return rows.map(authorityFact);
}
