import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { CertificateAuthority } from '../../../../../deploy/stack/kafka/certificates.mjs';
import { Follower } from '../../../test/follower.js';
import { onEachHospital } from '../../../../../test/each-hospital.js';
import { until } from '../../../test/until.js';
import { SourceFault } from '../source-fault.js';

await onEachHospital('a server over TLS', (database) => {
  let caFile: string;
  let otherCaFile: string;

  const follow = (more: { readonly caFile?: string }): Follower => {
    const connection = { ...database.connection, port: database.port, ...more };
    const follower = new Follower({ connection, keys: { patient: ['id'] } });
    follower.start();
    return follower;
  };
  /** What the source says when it is started like this. */
  const faultOf = async (more: { readonly caFile?: string }) => {
    const follower = follow(more);
    await until(() => follower.failure !== undefined || follower.compared.length > 0);
    await follower.dispose();
    const { failure } = follower;
    return failure instanceof SourceFault ? failure.code : 'none';
  };

  beforeAll(async () => {
    const authorities = ['own', 'other'].map((name) => new CertificateAuthority(join(database.directory, name)));
    for (const one of authorities) await one.open();
    [caFile = '', otherCaFile = ''] = authorities.map((one) => one.caFile);
    await database.query('CREATE TABLE patient (id INT PRIMARY KEY); INSERT INTO patient VALUES (1)');
  });

  it('is asked for it, and not read in the clear where it offers none', async () => {
    // MySQL makes itself a certificate, of an authority that nobody knows.
    expect(await faultOf({ caFile })).toBe(database.product === 'MySQL' ? 'tls-refused' : 'tls-not-offered');
    expect(await faultOf({ caFile: '/nowhere/ca.pem' })).toBe('credentials-missing');
  });

  it('is read and followed by it, with the authority that its mapping names and no other', async () => {
    const { certFile, keyFile } = await new CertificateAuthority(join(database.directory, 'own')).issue('server');
    database.settings.push(`ssl-cert=${certFile}`, `ssl-key=${keyFile}`, `ssl-ca=${caFile}`);
    await database.restart();
    await database.query("ALTER USER reader@'127.0.0.1' REQUIRE SSL");
    const follower = follow({ caFile });
    await until(() => follower.compared.length === 1 || follower.failure !== undefined);
    await database.query('INSERT INTO patient VALUES (2)');
    await until(() => follower.copy.size === 2 || follower.failure !== undefined);
    expect(follower.failure).toBeUndefined();
    await follower.dispose();
    expect(await faultOf({ caFile: otherCaFile })).toBe('tls-refused');
  });

  it('refuses who comes in the clear', async () => {
    expect(await faultOf({})).toBe('access-denied');
    await database.query("ALTER USER reader@'127.0.0.1' REQUIRE NONE; SET GLOBAL require_secure_transport = ON");
    expect(await faultOf({})).toBe(database.product === 'MySQL' ? 'tls-required' : 'access-denied');
  });

  it('keeps no log: that is said first', async () => {
    database.settings.splice(0, Infinity, 'skip-log-bin');
    await database.restart();
    expect(await faultOf({})).toBe('binlog-off');
  });
});
