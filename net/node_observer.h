// NodeObserver: is called while a net runs, after each node, for example to
// measure times or to look at the numbers that a layer has just written. Passed
// to Net::Forward and Net::Backward; without one, a node costs one more
// comparison of pointers.

#ifndef TAMP_NET_NODE_OBSERVER_H_
#define TAMP_NET_NODE_OBSERVER_H_

namespace tamp {

class NodeObserver {
 public:
  virtual ~NodeObserver() = default;

  // `node` is an index into the nodes of Net::graph(). Each node is reported
  // once, in the order in which they run: ascending in forward, descending in
  // backward; also one that has nothing to do there, such as a Concat whose
  // inputs lie in its output. What the node has written is there, until the
  // next node runs at least: on a device whose work goes on behind the caller,
  // after Device::Synchronize.
  virtual void AfterForward(int /*node*/) {}
  virtual void AfterBackward(int /*node*/) {}
};

}  // namespace tamp

#endif  // TAMP_NET_NODE_OBSERVER_H_
