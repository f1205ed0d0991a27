/** `admin` runs the hub and sees no bodies; `clinician` reads patient data; `service` is another app of the deployment. */
export type Role = 'admin' | 'clinician' | 'service';

type Rule = readonly Role[] | 'anyone';

const operator: Rule = ['admin'];
const operatorOrApp: Rule = ['admin', 'service'];
const app: Rule = ['service'];
const reader: Rule = ['clinician'];
const readerOrOperator: Rule = ['clinician', 'admin'];

/**
 * Which role may use which route, all of them. A route that is not here is refused to everybody, and a test fails on it.
 * Paths are route templates as the controllers declare them.
 */
export const accessTable: Readonly<Record<string, Rule>> = {
  'GET /livez': 'anyone',
  'GET /readyz': 'anyone',
  'GET /metrics': operatorOrApp,
};

/** The rule of a route; undefined for a route that the table does not know. */
export function ruleOf(method: string, path: string): Rule | undefined {
  const name = `${method === 'HEAD' ? 'GET' : method} ${path}`;
  return Object.hasOwn(accessTable, name) ? accessTable[name] : undefined;
}
