import type { SourceWatch } from '../source-watch.js';
import type { AccessState } from './access-source.js';

/** What a look at the file came to, in the words of every source. */
export function reportTo(watch: SourceWatch): (state: AccessState) => void {
  return (state) => {
    watch.state(stateOf(state));
    if ('missing' in state) for (const one of state.missing) watch.guard('column-missing', { ...one });
    switch (state.state) {
      case 'fault':
        watch.guard(state.fault.code, { reason: state.fault.message });
        return;
      case 'held':
        watch.guard(`held-${state.held.reason}`, { reason: state.held.text, since: state.held.since });
        return;
      case 'taken':
        for (const { table, column, change } of state.drift) watch.guard('schema-drift', { table, column, change });
        for (const { table, column } of state.skipped) watch.guard('column-not-read', { table, column });
        watch.compared(state.counts);
        watch.caughtUp();
        return;
      case 'same':
        watch.caughtUp();
    }
  };
}

/** What is wrong with the file is so until a look finds it otherwise. */
function stateOf({ state }: AccessState): Parameters<SourceWatch['state']>[0] {
  if (state === 'held') return 'held';
  return state === 'fault' ? 'unreadable' : 'reading';
}
