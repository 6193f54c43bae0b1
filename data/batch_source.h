// BatchSource: what a Data layer and the solver see of a data set.
//
// Samples are numbered by a running position over all epochs: position p is
// sample p mod n of epoch p / n, n being num_samples(). In training every epoch
// has its own order; in testing the order is that of the files. A batch is the
// next batch_size positions, so that shapes are fixed and a batch may straddle
// two epochs. What a position holds depends on the data, the seed and the
// position alone: never on batch sizes, threads or what was read before. So a
// training resumes by Seek.
//
// Of several ranks (core/rank.h) each has a source of its own, over the same
// data and with the same seed. Positions count the samples of all ranks: from p
// on, rank r of n takes the positions p + r, p + r + n, p + r + 2n, ..., and a
// batch of b samples moves the position by n b. So the ranks' batches together
// are those of a single rank with batches of n b, across epochs and after any
// Seek, and a training may go on with another number of ranks.
//
// An image that cannot be read is an error, unless data_param.on_unreadable is
// SKIP. Then in training another image, drawn at random from the same epoch,
// takes its place, so that positions go on meaning what they mean. In testing
// it leaves the data set: what the pass under way makes of it is worthless, and
// with the next Seek num_samples() is smaller. It must be so on all ranks: each
// is told by Skip, before that Seek, what the others have skipped().
//
//   ASSIGN_OR_RETURN(BatchSource * source, provider->Open(layer, TRAIN));
//   source->Seek(snapshot.data_position());
//   const Samples samples = source->Next(64);  // up to 64 of them
//   device->CopyFromHost(samples.data, ...);
//   source->Release();

#ifndef TAMP_DATA_BATCH_SOURCE_H_
#define TAMP_DATA_BATCH_SOURCE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/shape.h"
#include "data/datasets/outside_label.h"
#include "proto/layer.pb.h"

namespace tamp {

// Finished samples, one behind the other in the host's memory.
struct Samples {
  int64_t count = 0;
  const float* data = nullptr;    // count x sample shape, dense
  const float* labels = nullptr;  // count
};

// A stream of batches for one Data layer. Used by one thread at a time.
class BatchSource {
 public:
  virtual ~BatchSource() = default;

  // [channels, height, width] of a sample after all transforms.
  virtual const Shape& sample_shape() const = 0;
  // Samples in an epoch; positive.
  virtual int64_t num_samples() const = 0;
  virtual int num_classes() const = 0;
  // One name a class; empty where the data set has no names.
  virtual const std::vector<std::string>& class_names() const = 0;
  // Labels that are none of the classes, each once: who uses labels must ignore
  // them.
  virtual absl::Span<const OutsideLabel> outside_labels() const { return {}; }

  // The position of the next samples, behind those that were released; the same
  // on all ranks between their batches.
  virtual int64_t position() const = 0;
  // Drops what was prefetched. REQUIRES: position >= 0; all is released.
  virtual void Seek(int64_t position) = 0;

  // The next samples where they lie: at least one, at most max_count, and fewer
  // where more are not finished yet or lie elsewhere. It waits for the first
  // only. They stay there until they are released.
  // REQUIRES: max_count >= 1; all is released.
  virtual Samples Next(int64_t max_count) = 0;
  // Gives back what Next has handed out; the position moves behind it.
  virtual void Release() = 0;

  // What Next will hand out, for who copies it ahead: the position stays, there
  // is nothing to release, and status() does not know of it yet. It waits for
  // all of max_count that lie in a row. They stay there until the next call of
  // Next or Seek. A source that makes nothing ahead has none.
  // REQUIRES: max_count >= 1; all is released.
  virtual Samples Peek(int64_t /*max_count*/) { return {}; }

  // The first error met while reading samples, naming the file. Next cannot
  // return one: the sample is zeros, and who trains asks here after a step
  // and stops.
  virtual absl::Status status() const = 0;

  // For the user: where the samples come from, a folder or files; and lines
  // that begin with it: how many there are, of which classes, what was found
  // there and passed over.
  virtual std::string location() const { return ""; }
  virtual std::vector<std::string> Describe() const { return {}; }

  // Images that could not be read so far and were skipped: how many, and which,
  // ascending.
  virtual int64_t num_skipped() const { return 0; }
  virtual std::vector<int64_t> skipped() const { return {}; }
  // Skips what other ranks have skipped, without a notice.
  virtual void Skip(absl::Span<const int64_t> /*images*/) {}
  // A line for each that was skipped since the last call, once an image and not
  // more in all than a user wants to read.
  virtual std::vector<std::string> TakeNotices() { return {}; }
};

class BatchSourceProvider {
 public:
  virtual ~BatchSourceProvider() = default;

  // The source of a Data layer in a phase. It is opened once: asking again for
  // the same layer and phase (the test layer planned for another batch size)
  // returns the same source. The provider owns it.
  virtual absl::StatusOr<BatchSource*> Open(const LayerParameter& parameter,
                                            Phase phase) = 0;
};

}  // namespace tamp

#endif  // TAMP_DATA_BATCH_SOURCE_H_
