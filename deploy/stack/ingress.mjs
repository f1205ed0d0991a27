// One address for the apps of a cluster: HTTP_PORT, with REGISTRATION_INSTANCES, ADAPTER_INSTANCES and
// QUERY_INSTANCES (base URLs) behind it.
import { createIngress } from './cluster/ingress-server.mjs';

const drainMsMax = 10_000;
const instancesOf = (name) => (process.env[name] ?? '').split(',').filter(Boolean);

const server = createIngress({
  registration: instancesOf('REGISTRATION_INSTANCES'),
  'adapter-hl7': instancesOf('ADAPTER_INSTANCES'),
  query: instancesOf('QUERY_INSTANCES'),
});
server.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
server.listen(Number(process.env.HTTP_PORT), process.env.BIND_ADDRESS || '127.0.0.1');

for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => {
    server.close(() => process.exit(0)); // requests in hand are answered
    server.closeIdleConnections();
    setTimeout(() => process.exit(1), drainMsMax).unref();
  });
