package dev.lintel.proxy.overload;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;

/// The kinds of memory.
final class Memory {
  private Memory() {}

  /// What is known here.
  static List<Resource> all() {
    List<Resource> all = new ArrayList<>();
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP && pool.isCollectionUsageThresholdSupported()) {
        String name = pool.getName();
        if (name.contains("Old") || name.contains("Tenured")) {
          all.add(new Heap(pool));
        }
      }
    }
    if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider) {
      all.add(new Direct(provider.metric()));
    }
    Container container = Container.find();
    if (container != null) {
      all.add(container);
    }
    return all;
  }

  /// What survived the last collection of the old generation: what was allocated since may be
  /// garbage.
  private record Heap(MemoryPoolMXBean pool) implements Resource {
    @Override
    public String name() {
      return "heap";
    }

    @Override
    public double share() {
      MemoryUsage left = pool.getCollectionUsage();
      return left == null || left.getMax() <= 0 ? 0 : (double) left.getUsed() / left.getMax();
    }
  }

  /// Buffers of connections.
  private record Direct(ByteBufAllocatorMetric metric) implements Resource {
    @Override
    public String name() {
      return "direct-memory";
    }

    @Override
    public double share() {
      long most = PlatformDependent.maxDirectMemory();
      return most <= 0 ? 0 : (double) metric.usedDirectMemory() / most;
    }
  }
}
