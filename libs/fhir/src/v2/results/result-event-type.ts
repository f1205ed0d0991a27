import { isWithdrawn } from './obx-status.js';
import type { PatientResult } from './result-groups.js';

/** Withdrawn when nothing stands, corrected when something was changed or taken back, else reported. */
export function resultEventType({ orders }: PatientResult): string {
  const lines = orders.flatMap((order) => order.lines.map(({ obx }) => obx));
  const withdrawn = lines.filter(isWithdrawn);
  if (lines.length > 0 && withdrawn.length === lines.length) return 'result.withdrawn';
  const isCorrected =
    withdrawn.length > 0 ||
    lines.some((obx) => obx.field(11).text() === 'C') ||
    orders.some(({ obr }) => obr?.field(25).text() === 'C');
  return isCorrected ? 'result.corrected' : 'result.reported';
}
