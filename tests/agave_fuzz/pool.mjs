// SPDX-License-Identifier: Apache-2.0
// What a world has for every case: programs of our own and their addresses.
export class Pool {
    constructor(world) { this.world = world; }
}
