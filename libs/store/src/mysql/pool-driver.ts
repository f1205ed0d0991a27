import mysql, { type Pool, type PoolConnection, type PoolOptions } from 'mysql2';

type Got = Parameters<Pool['getConnection']>[0];

/**
 * What TypeORM takes for the driver package: a pool whose connections are set up before their first statement, and that
 * nobody waits for without an end.
 */
export function poolDriver(options: { readonly session: string; readonly acquireMsMax: number }) {
  return {
    createPool: (poolOptions: PoolOptions): Pool => {
      const pool = mysql.createPool(poolOptions);
      pool.on('connection', (connection: PoolConnection) => {
        // A lost connection is told to whoever uses it next; without a listener it would end the process.
        connection.on('error', () => undefined);
        connection.query(options.session, (error) => {
          if (error !== null) connection.destroy();
        });
      });
      const acquire = pool.getConnection.bind(pool);
      return Object.assign(pool, { getConnection: bounded(acquire, options.acquireMsMax) });
    },
  };
}

function bounded(acquire: (got: Got) => void, acquireMsMax: number) {
  return (got: Got): void => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      const message = `no connection was free in ${acquireMsMax} ms`;
      got(Object.assign(new Error(message), { code: 'ETIMEDOUT', errno: 0 }), undefined as never);
    }, acquireMsMax);
    acquire((error, connection) => {
      clearTimeout(timer);
      if (!isLate) got(error, connection);
      else if (error === null) connection.release();
    });
  };
}
