// Batches of a BatchSource as vectors.

#ifndef TAMP_TESTS_UTIL_READ_BATCH_H_
#define TAMP_TESTS_UTIL_READ_BATCH_H_

#include <cstdint>
#include <vector>

#include "data/batch_source.h"

namespace tamp {

struct Batch {
  std::vector<float> data, labels;
  bool operator==(const Batch& other) const {
    return data == other.data && labels == other.labels;
  }
};

// The next so many samples of a source, into memory that a batch may have had
// before.
inline void ReadBatch(BatchSource* source, int64_t count, Batch* batch) {
  const int64_t elements = source->sample_shape().num_elements();
  batch->data.clear();
  batch->labels.clear();
  batch->data.reserve(count * elements);
  batch->labels.reserve(count);
  for (int64_t done = 0; done < count;) {
    const Samples samples = source->Next(count - done);
    batch->data.insert(batch->data.end(), samples.data,
                       samples.data + samples.count * elements);
    batch->labels.insert(batch->labels.end(), samples.labels,
                         samples.labels + samples.count);
    source->Release();
    done += samples.count;
  }
}

inline Batch ReadBatch(BatchSource* source, int64_t count) {
  Batch batch;
  ReadBatch(source, count, &batch);
  return batch;
}

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_READ_BATCH_H_
