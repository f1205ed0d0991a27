// Becomes `fabric-chaincode-node server` with what the environment says. A setting that is half there stops the start.
const required = (name) => process.env[name] || stop(`${name} must be set`);

function stop(reason) {
  process.stderr.write(`chaincode: ${reason}\n`);
  process.exit(2);
}

const { CHAINCODE_TLS_CERT_FILE: cert, CHAINCODE_TLS_KEY_FILE: key } = process.env;
const { CHAINCODE_TLS_CLIENT_CA_FILE: clientCa } = process.env;
if (Boolean(cert) !== Boolean(key)) stop('CHAINCODE_TLS_CERT_FILE and CHAINCODE_TLS_KEY_FILE belong together');
if (clientCa && !cert) stop('CHAINCODE_TLS_CLIENT_CA_FILE needs CHAINCODE_TLS_CERT_FILE and CHAINCODE_TLS_KEY_FILE');

const address = ['--chaincode-address', required('CHAINCODE_ADDRESS')];
const tls = cert ? ['--chaincode-tls-cert-file', cert, '--chaincode-tls-key-file', key] : [];
const clients = clientCa ? ['--chaincode-tls-client-cacert-file', clientCa] : [];
process.argv.push('server', '--chaincode-id', required('CHAINCODE_ID'), ...address, ...tls, ...clients);
process.chdir(import.meta.dirname); // where it looks for package.json
await import('fabric-shim/cli.js');
