import type { HistoryReader } from '../../history/history-reader.js';
import type { SearchCriteria, SearchFilter } from '../../history/history-types.js';
import { mayBeReadAs } from '../../project/read-as.js';

/**
 * Criteria in which each visit or account stands for all that it is read together with: an id for the one that they are
 * read as, a reference for whichever of their numbers was sent.
 */
export async function throughAliases(
  reader: HistoryReader,
  type: string,
  criteria: SearchCriteria,
): Promise<SearchCriteria> {
  const { filters } = criteria;
  const ids = mayBeReadAs(type) ? criteria.ids : undefined;
  const named = [...(ids ?? []), ...filters.flatMap(numbersIn)];
  if (named.length === 0) return criteria;
  const aliases = await reader.aliasesOf([...new Set(named)]);
  const referencesTo = (value: string | undefined): readonly (string | undefined)[] => {
    const [of = '', id = ''] = value?.split('/') ?? [];
    return mayBeReadAs(of) ? aliases.membersOf(aliases.finalOf(id)).map((one) => `${of}/${one}`) : [value];
  };
  return {
    ...criteria,
    ...(ids !== undefined && { ids: [...new Set(ids.map((id) => aliases.finalOf(id)))] }),
    filters: filters.map((filter) => (filter.kind === 'token' ? widened(filter, referencesTo) : filter)),
  };
}

type TokenFilter = Extract<SearchFilter, { readonly kind: 'token' }>;

function widened(
  filter: TokenFilter,
  referencesTo: (value: string | undefined) => readonly (string | undefined)[],
): TokenFilter {
  const anyOf = filter.anyOf.flatMap(({ value, ...token }) =>
    referencesTo(value).map((one) => ({ ...token, ...(one !== undefined && { value: one }) })),
  );
  return { ...filter, anyOf };
}

/** Ids of visits and accounts that a reference asks for. */
function numbersIn(filter: SearchFilter): readonly string[] {
  if (filter.kind !== 'token') return [];
  return filter.anyOf.flatMap(({ value = '' }) => {
    const [type = '', id, ...more] = value.split('/');
    return id !== undefined && more.length === 0 && mayBeReadAs(type) ? [id] : [];
  });
}
