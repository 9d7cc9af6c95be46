// SPDX-License-Identifier: Apache-2.0
// The families of cases and how often each is drawn.
import { system } from "./system.mjs";

export const families = {
    system: { weight: 10, make: system },
};
