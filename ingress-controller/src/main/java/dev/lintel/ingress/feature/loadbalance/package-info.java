/// Which endpoint of its upstream a request goes to, where no cookie says so.
@NullMarked
package dev.lintel.ingress.feature.loadbalance;

import org.jspecify.annotations.NullMarked;
