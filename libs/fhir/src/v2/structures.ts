import { administrative } from './messages/administrative.js';
import { adtA01 } from './messages/adt-a01.js';
import { adtA02 } from './messages/adt-a02.js';
import { adtA03 } from './messages/adt-a03.js';
import { adtA05 } from './messages/adt-a05.js';
import { adtA06 } from './messages/adt-a06.js';
import { adtA09 } from './messages/adt-a09.js';
import { adtA12 } from './messages/adt-a12.js';
import { adtA21 } from './messages/adt-a21.js';
import { adtA38 } from './messages/adt-a38.js';
import { adtA39 } from './messages/adt-a39.js';
import { mdm } from './messages/mdm.js';
import { orders } from './messages/orders.js';
import { pharmacy } from './messages/pharmacy.js';
import { results } from './messages/results.js';
import { siuS12 } from './messages/siu-s12.js';
import { vxuV04 } from './messages/vxu-v04.js';
import type { StructureMapping } from './structure-mapping.js';

/** Every structure with a mapping, by its name in table 0354. A new one is one file and one line here. */
export const structures: ReadonlyMap<string, StructureMapping> = new Map(
  [
    adtA01,
    adtA02,
    adtA03,
    adtA05,
    adtA06,
    adtA09,
    adtA12,
    adtA21,
    adtA38,
    adtA39,
    vxuV04,
    siuS12,
    ...mdm,
    ...orders,
    ...pharmacy,
    ...results,
    ...administrative,
  ].map((one) => [one.name, one]),
);
