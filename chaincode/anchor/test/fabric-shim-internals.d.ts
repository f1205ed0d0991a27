/** What `fabric-chaincode-node` runs contracts with; the package does not export it. */
declare module 'fabric-shim/lib/contract-spi/chaincodefromcontract.js' {
  import type { ChaincodeInterface } from 'fabric-shim';

  const ChaincodeFromContract: new (
    contracts: unknown[],
    serializers: { transaction: string; serializers: Record<string, unknown> },
  ) => ChaincodeInterface;
  export default ChaincodeFromContract;
}

declare module 'fabric-shim/lib/logger.js' {
  const Logger: { setLevel(level: 'CRITICAL'): void };
  export default Logger;
}
