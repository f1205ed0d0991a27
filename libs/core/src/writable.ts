/**
 * A value while it is made, member by member. Where a value is made for each message and half of its members are mostly
 * not there, this costs a fraction of spreading one object into another.
 */
export type Writable<Value> = { -readonly [Member in keyof Value]: Value[Member] };
