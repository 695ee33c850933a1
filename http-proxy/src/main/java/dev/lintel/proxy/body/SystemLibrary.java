package dev.lintel.proxy.body;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A library of the system and its functions, called without any code of ours in C. Pointers and
/// sizes are 64 bits wide. Stays loaded.
final class SystemLibrary {
  private final SymbolLookup symbols;

  private SystemLibrary(SymbolLookup symbols) {
    this.symbols = symbols;
  }

  /// What is made of a library; null where the system has none of that name, or one without a
  /// function that is asked for.
  ///
  /// @param name as the loader knows it, with its version, e.g. `libzstd.so.1`
  // The loader is asked for names that are written here.
  @SuppressWarnings("restricted")
  static <T> @Nullable T open(String name, Function<SystemLibrary, T> make) {
    try {
      return make.apply(new SystemLibrary(SymbolLookup.libraryLookup(name, Arena.global())));
    } catch (IllegalArgumentException | NoSuchElementException | UnsupportedOperationException e) {
      return null;
    }
  }

  /// A function, to be called with exactly these types.
  @SuppressWarnings("restricted")
  MethodHandle function(String name, MemoryLayout result, MemoryLayout... parameters) {
    return Linker.nativeLinker()
        .downcallHandle(symbols.findOrThrow(name), FunctionDescriptor.of(result, parameters));
  }

  /// A function without a result.
  @SuppressWarnings("restricted")
  MethodHandle procedure(String name, MemoryLayout... parameters) {
    return Linker.nativeLinker()
        .downcallHandle(symbols.findOrThrow(name), FunctionDescriptor.ofVoid(parameters));
  }
}
