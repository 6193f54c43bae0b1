// Life: the steps of a graph (Clock in memory_layout.h) at which memory is in
// use.

#ifndef TAMP_NET_MEMORY_LIFE_H_
#define TAMP_NET_MEMORY_LIFE_H_

namespace tamp {

// The steps first..last, both included; empty until a step is included.
struct Life {
  int first = -1;
  int last = -1;

  void Include(int step) {
    if (first < 0 || step < first) first = step;
    if (step > last) last = step;
  }
  void Include(const Life& other) {
    if (other.is_empty()) return;
    Include(other.first);
    Include(other.last);
  }
  bool is_empty() const { return first < 0; }
  bool Contains(int step) const { return first <= step && step <= last; }
  // Of lives that are not empty: whether some step is in both.
  bool Overlaps(const Life& other) const {
    return first <= other.last && other.first <= last;
  }

  friend bool operator==(const Life& a, const Life& b) {
    return a.first == b.first && a.last == b.last;
  }
};

// The life of data in two parts, because data may be given up between forward
// and backward and made again (recomputation.h). What must be there all the
// time has the last step in its forward part. The gradients' uses are all in
// backward.
struct Uses {
  Life forward, backward;

  void Include(const Uses& other) {
    forward.Include(other.forward);
    backward.Include(other.backward);
  }
  Life whole() const {
    Life life = forward;
    life.Include(backward);
    return life;
  }
  // The steps after the last use in forward and before the first in backward.
  Life between() const {
    if (backward.is_empty() || forward.last + 1 >= backward.first) return {};
    return {forward.last + 1, backward.first - 1};
  }
};

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_LIFE_H_
