/// Inputs made by a fuzzer (Jazzer, guided by coverage) for everything that reads bytes of
/// strangers.
///
/// Each target checks what it reads against an independent, slower reading of the same rules, and
/// that it does not matter in which pieces the bytes come.
@NullMarked
package dev.lintel.proxy.fuzz;

import org.jspecify.annotations.NullMarked;
