/// Checks of what is handed out: the chart, rendered by the real helm, and the image as it lies on
/// disk.
@NullMarked
package dev.lintel.delivery;

import org.jspecify.annotations.NullMarked;
