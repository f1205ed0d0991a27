import { observationUnits } from '../results/observation-unit.js';
import { stateObservation } from '../results/obx.js';
import { obxLines } from '../results/result-groups.js';
import { stateGoal } from '../segments/gol.js';
import { stateProblem } from '../segments/prb.js';
import type { StructureMapping } from '../structure-mapping.js';
import { mapAboutPatient, type AboutPatient } from './about-patient.js';
import { careGroups, type CareGroup } from './problem-groups.js';

/** PPR_PC1: problems added, updated and deleted (PC1, PC2, PC3), by the action of each (PRB-1). */
export const pprPc1 = careMapping('PPR_PC1', { outer: 'PRB', type: 'problem.recorded' });

/** PGL_PC6: goals likewise (PC6, PC7, PC8), by GOL-1. */
export const pglPc6 = careMapping('PGL_PC6', { outer: 'GOL', type: 'goal.recorded' });

interface CareOptions {
  readonly outer: 'PRB' | 'GOL';
  readonly type: string;
}

function careMapping(name: string, { outer, type }: CareOptions): StructureMapping {
  const mapping = { name, version: 4 };
  return {
    ...mapping,
    map: (message, context) => {
      const state = (about: AboutPatient): void => {
        stateCare(about, careGroups(message, outer));
      };
      return [mapAboutPatient(message, context, { type, isOfVisit: true, mapping, state })];
    },
  };
}

function stateCare({ part, draft, subject, visit }: AboutPatient, groups: readonly CareGroup[]): void {
  const belonging = { subject, visit, draft };
  for (const group of groups) {
    const goals = [group, ...group.under].filter(({ segment }) => segment.name === 'GOL');
    const problems = [group, ...group.under].filter(({ segment }) => segment.name === 'PRB');
    const addressed = problems.map((one) => stateProblem(one, belonging)).filter((one) => one !== undefined);
    for (const goal of goals) stateGoal(goal, addressed, belonging);
  }
  const keyOf = ({ parts, first }: ReturnType<typeof observationUnits>[number]) => ({
    system: subject.system,
    key: JSON.stringify([draft.patientId(subject), ...parts, first.obx.field(14).text() || draft.statedAt]),
  });
  for (const unit of observationUnits(obxLines(part))) stateObservation(unit, { ...belonging, keyOf });
}
