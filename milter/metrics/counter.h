// What counts: handles to numbers that a Meters owns, and that mail passes by.
//
// Counting is one atomic addition: no lock, no allocation. A handle that was not got from a Meters
// counts nothing, for tests and for optoutctl. Handles are copied freely, and are of use for as
// long as their Meters lives.
//
// Threads: any.

#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace optout {

class Counter {
public:
  using Cell = std::atomic<std::uint64_t>;

  Counter() = default;
  explicit Counter(Cell& cell) noexcept : cell_(&cell) {}

  void add(std::uint64_t number = 1) const noexcept {
    if (cell_ != nullptr) cell_->fetch_add(number, std::memory_order_relaxed);
  }

private:
  Cell* cell_ = nullptr;
};

// How long something took: a number for each range of durations, and the sum.
class Histogram {
public:
  // Upper bounds in seconds: from what a Redis on this host needs to the longest redis.timeout.
  static constexpr std::array kBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                      0.05,   0.1,     0.25,   0.5,   1.0,    2.5,   5.0,  10.0};

  struct Cells {
    std::array<Counter::Cell, kBounds.size() + 1> counts{};  // the last one: longer than all bounds
    Counter::Cell nanoseconds{0};
  };

  Histogram() = default;
  explicit Histogram(Cells& cells) noexcept : cells_(&cells) {}

  void observe(std::chrono::nanoseconds took) const noexcept {
    if (cells_ == nullptr) return;
    const double seconds = std::chrono::duration<double>(took).count();
    std::size_t range = 0;
    while (range < kBounds.size() && seconds > kBounds[range])
      ++range;
    cells_->counts[range].fetch_add(1, std::memory_order_relaxed);
    cells_->nanoseconds.fetch_add(static_cast<std::uint64_t>(took.count()),
                                  std::memory_order_relaxed);
  }

private:
  Cells* cells_ = nullptr;
};

}  // namespace optout
