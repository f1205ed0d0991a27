import { AnchorContract } from './anchor-contract.js';

/** Read by `fabric-chaincode-node`. */
export const contracts = [AnchorContract];
