/**
 * `admin` runs the hub and sees no bodies; `clinician` reads patient data; `integrator` reads what sources say in testing and
 * nothing of the history; `sender` delivers messages and reads nothing; `service` is another app of the deployment.
 */
export type Role = 'admin' | 'clinician' | 'integrator' | 'sender' | 'service';

type Rule = readonly Role[] | 'anyone';

const operator: Rule = ['admin'];
const operatorOrApp: Rule = ['admin', 'service'];
const app: Rule = ['service'];
const senderOrOperator: Rule = ['sender', 'admin'];
const reader: Rule = ['clinician'];
const readerOrOperator: Rule = ['clinician', 'admin'];
const tester: Rule = ['integrator'];
const testerOrOperator: Rule = ['integrator', 'admin'];

/**
 * Which role may use which route, all of them. A route that is not here is refused to everybody, and a test fails on it.
 * Paths are route templates as the controllers declare them.
 */
export const accessTable: Readonly<Record<string, Rule>> = {
  'GET /livez': 'anyone',
  'GET /readyz': 'anyone',
  'GET /metrics': operatorOrApp,

  'POST /hl7v2': senderOrOperator,

  'GET /fhir/metadata': readerOrOperator,
  'GET /fhir/:type': reader,
  'POST /fhir/:type/_search': reader,
  'GET /fhir/Binary/:id': reader,
  'GET /fhir/:type/:id': reader,
  'GET /fhir/:type/:id/_history': reader,
  'GET /fhir/:type/:id/_history/:version': reader,
  'GET /fhir/Patient/:id/$everything': reader,
  'POST /fhir/Patient/$match': reader,
  'GET /fhir/AuditEvent': readerOrOperator,
  'POST /fhir/AuditEvent/_search': readerOrOperator,
  'GET /fhir/AuditEvent/:id': readerOrOperator,
  'GET /fhir/AuditEvent/:id/_history': readerOrOperator,
  'GET /fhir/AuditEvent/:id/_history/:version': readerOrOperator,
  // What is not served under /fhir: told so, in FHIR's own terms, to whoever may use FHIR.
  'ALL /fhir/{*rest}': readerOrOperator,
  'GET /messages': ['clinician', 'integrator', 'admin'],
  'POST /messages/corrections': readerOrOperator,
  'GET /test/messages/:eventId/resources': tester,
  'DELETE /test/messages': operator,
  'GET /evidence/:eventId': reader,
  'GET /evidence/:eventId/message': reader,
  'GET /integrity': operator,
  'POST /integrity': operator,
  'GET /remaps': operator,
  'POST /remaps/:sourceId': operator,

  'POST /registration/facilities': operator,
  'GET /registration/facilities': operator,
  'POST /registration/authorities': operator,
  'GET /registration/authorities': operator,
  'POST /registration/contacts': app,
  'GET /registration/contacts': operator,
  'POST /registration/contacts/:id/approve': operator,
  'POST /registration/sources': operator,
  'GET /registration/sources': operator,
  'GET /registration/sources/:id': operatorOrApp,
  'PATCH /registration/sources/:id': operator,
  'GET /registration/sources/:id/status': operator,
  'GET /registration/sources/:id/conformance': testerOrOperator,
  'POST /registration/sources/:id/test': operator,
  'POST /registration/sources/:id/certify': operator,
  'GET /registration/sources/:id/phases': testerOrOperator,
  'POST /registration/sources/:id/blocking/:findingId/accept': operator,
  'PUT /registration/sources/:id/code-table': operator,
  'GET /registration/sources/:id/code-table': operator,
  'GET /registration/sources/:id/unmapped-codes': operator,
  'POST /registration/sources/:id/corrections': operator,
  'GET /registration/sources/:id/corrections': operator,
  'GET /registration/sources/:id/corrections/:version': operator,
  'PUT /registration/sources/:id/corrections/active': operator,
  'POST /registration/sources/:id/observations': app,
  'GET /registration/sources/:id/authorities': operator,
  'POST /registration/sources/:id/authorities': operator,
  'DELETE /registration/sources/:id/authorities': operator,
  'POST /registration/sources/:id/tokens': operatorOrApp,
  'POST /registration/sources/:id/revocations': operator,
  'POST /registration/enrolments': operatorOrApp,
  'GET /registration/certificates': operator,
  'GET /registration/certificates/root': operatorOrApp,
  'GET /registration/certificates/crl': operatorOrApp,
  'POST /registration/certificates/:serial/revocations': operator,
  'GET /registration/refused': operator,
  'POST /registration/refused/:eventId/replay': operator,
  'GET /registration/acknowledgements': operator,
  'POST /registration/acknowledgements/:id/resend': operator,
  'POST /registration/acknowledgements/leases': app,
  'POST /registration/acknowledgements/results': app,
  'GET /registration/fragments': operator,
  'POST /registration/fragments/:id/discard': operator,
  'GET /registration/events/:eventId/evidence': app,
  'GET /registration/persons/pending': operator,
  'POST /registration/persons/pending/:id/decisions': operator,
  'GET /registration/persons/assertions': operator,
  'POST /registration/persons/assertions/:id/undo': operator,
};

/** The rule of a route; undefined for a route that the table does not know. */
export function ruleOf(method: string, path: string): Rule | undefined {
  const names = [`${method === 'HEAD' ? 'GET' : method} ${path}`, `ALL ${path}`];
  const name = names.find((one) => Object.hasOwn(accessTable, one));
  return name === undefined ? undefined : accessTable[name];
}
