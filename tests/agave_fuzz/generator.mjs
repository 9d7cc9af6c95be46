// SPDX-License-Identifier: Apache-2.0
// Case number i of a seed, always the same whatever was made before it.
import { families } from "./families/index.mjs";
import { Key } from "./keys.mjs";
import { exact, mutate } from "./mutations.mjs";
import { Pool } from "./pool.mjs";
import { Random } from "./random.mjs";
import { Scene } from "./scene.mjs";
import { World } from "./world.mjs";

const kBatch = 256;

export class Generator {
    constructor(litesvm, { seed, folder, fathom, coreElfs, chosen }) {
        this.seed = seed;
        this.worlds = { mainnet: new World(litesvm, "mainnet", folder), all: new World(litesvm, "all", folder) };
        this.pools = {};
        for (const [name, world] of Object.entries(this.worlds)) this.pools[name] = new Pool(world, { fathom, folder, coreElfs });
        this.weights = {};
        for (const [name, { weight }] of Object.entries(families)) {
            if (!chosen || chosen.includes(name)) this.weights[name] = weight;
        }
        this.batch = -1;
    }

    enterBatch(batch) {
        if (batch === this.batch) return;
        this.batch = batch;
        for (const [name, world] of Object.entries(this.worlds)) {
            world.leave();
            world.setSysvars(new Random(`${this.seed}/world/${name}/${batch}`));
        }
    }

    /// [world, scenario], with the scenario's accounts in the world.
    make(index) {
        this.enterBatch(Math.floor(index / kBatch));
        Key.forget();
        const random = new Random(`${this.seed}/case/${index}`);
        const features = random.chance(0.5) ? "all" : "mainnet";
        const family = random.weighted(this.weights);
        const world = this.worlds[features];
        world.leave();
        const scene = new Scene(world, random, this.pools[features]);
        scene.family = family;
        scene.seed = `${this.seed}/${index}`;
        scene.name = `${family}/${index}`;
        families[family].make(scene);
        mutate(scene);
        exact(scene);
        world.enter(scene.accounts);
        return [world, scene];
    }
}
