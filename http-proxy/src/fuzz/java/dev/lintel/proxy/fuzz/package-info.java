/// Inputs made by a fuzzer (Jazzer, guided by coverage) for everything that reads bytes of
/// strangers.
///
/// Each target checks what it reads against an independent, slower reading of the same rules, that
/// it does not matter in which pieces the bytes come, and that no buffer is left. Each runs from
/// the inputs in `src/fuzz/seeds`, and each finds the bug that is [Planted] in it.
@NullMarked
package dev.lintel.proxy.fuzz;

import org.jspecify.annotations.NullMarked;
