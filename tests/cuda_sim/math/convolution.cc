#include "tests/cuda_sim/math/convolution.h"

#include <algorithm>

namespace tamp {
namespace cuda_sim {
namespace {

int64_t NumElements(const std::array<int64_t, 4>& extents) {
  return extents[0] * extents[1] * extents[2] * extents[3];
}

// What one factor of a filter meets: a row of the y plane at a time, the
// elements of x that lie under it.
class Tap {
 public:
  Tap(const ConvolutionSizes& sizes, int64_t row, int64_t column)
      : x_height_(sizes.x[2]),
        x_width_(sizes.x[3]),
        y_height_(sizes.y[2]),
        y_width_(sizes.y[3]),
        stride_(sizes.stride),
        begin_{row * sizes.dilation[0] - sizes.pad[0],
               column * sizes.dilation[1] - sizes.pad[1]} {
    // The columns of y whose x is inside.
    const int64_t step = stride_[1];
    first_ = begin_[1] >= 0 ? 0 : (-begin_[1] + step - 1) / step;
    last_ = x_width_ - 1 - begin_[1];
    last_ = last_ < 0 ? 0 : std::min(y_width_, last_ / step + 1);
    first_ = std::min(first_, last_);
  }

  // Calls run(offset in y, offset in x, number of elements) for each row; what
  // lies between them in x is stride().
  template <typename Run>
  void ForEachRow(Run run) const {
    for (int64_t i = 0; i < y_height_; ++i) {
      const int64_t x_row = i * stride_[0] + begin_[0];
      if (x_row < 0 || x_row >= x_height_) continue;
      run(i * y_width_ + first_,
          x_row * x_width_ + first_ * stride_[1] + begin_[1], last_ - first_);
    }
  }
  int64_t stride() const { return stride_[1]; }

 private:
  int64_t x_height_, x_width_, y_height_, y_width_;
  std::array<int64_t, 2> stride_, begin_;
  int64_t first_, last_;
};

// The x under each element of y, zeros outside: as long as a plane of y.
void Gather(const Tap& tap, const double* x, std::vector<double>* gathered) {
  std::fill(gathered->begin(), gathered->end(), 0.);
  tap.ForEachRow([&](int64_t to, int64_t from, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      (*gathered)[to + i] = x[from + i * tap.stride()];
    }
  });
}

void ScatterAdd(const Tap& tap, const std::vector<double>& terms, double* x) {
  tap.ForEachRow([&](int64_t from, int64_t to, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      x[to + i * tap.stride()] += terms[from + i];
    }
  });
}

// y += factor * x
void AddScaled(double factor, const double* x, int64_t count, double* y) {
  for (int64_t i = 0; i < count; ++i) y[i] += factor * x[i];
}

double Dot(const double* a, const double* b, int64_t count) {
  constexpr int kSums = 8;  // of every eighth product, which vector code adds
  double sums[kSums] = {};
  int64_t i = 0;
  for (; i + kSums <= count; i += kSums) {
    for (int j = 0; j < kSums; ++j) sums[j] += a[i + j] * b[i + j];
  }
  double sum = 0;
  for (; i < count; ++i) sum += a[i] * b[i];
  for (double part : sums) sum += part;
  return sum;
}

// A factor's place: of all outputs of its group.
struct Place {
  int64_t x_offset;      // of its channel's plane in x
  int64_t first_output;  // of the group
  int64_t end_output;
  int64_t w_offset;  // of the first output's factor
  int64_t y_offset;  // of the first output's plane
};

// Calls act(tap, place) for each factor of a filter, with the x of each sample.
template <typename Act>
void ForEachFactor(const ConvolutionSizes& sizes, Act act) {
  const auto& x = sizes.x;
  const auto& w = sizes.w;
  const int64_t outputs = w[0] / sizes.num_groups();
  const int64_t y_plane = sizes.y[2] * sizes.y[3];
  for (int64_t n = 0; n < x[0]; ++n) {
    for (int64_t c = 0; c < x[1]; ++c) {
      const int64_t group = c / w[1];
      for (int64_t i = 0; i < w[2] * w[3]; ++i) {
        const int64_t factor = sizes.is_flipped ? w[2] * w[3] - 1 - i : i;
        const int64_t first = group * outputs;
        act(Tap(sizes, i / w[3], i % w[3]),
            Place{(n * x[1] + c) * x[2] * x[3], first, first + outputs,
                  (first * w[1] + c % w[1]) * w[2] * w[3] + factor,
                  (n * w[0] + first) * y_plane});
      }
    }
  }
}

}  // namespace

std::vector<double> Convolve(const ConvolutionSizes& sizes,
                             const std::vector<double>& x,
                             const std::vector<double>& w) {
  const int64_t plane = sizes.y[2] * sizes.y[3];
  const int64_t w_step = NumElements(sizes.w) / sizes.w[0];
  std::vector<double> y(NumElements(sizes.y)), gathered(plane);
  ForEachFactor(sizes, [&](const Tap& tap, const Place& place) {
    Gather(tap, x.data() + place.x_offset, &gathered);
    const double* factor = w.data() + place.w_offset;
    double* to = y.data() + place.y_offset;
    for (int64_t k = place.first_output; k < place.end_output; ++k) {
      AddScaled(*factor, gathered.data(), plane, to);
      factor += w_step;
      to += plane;
    }
  });
  return y;
}

std::vector<double> InputGradient(const ConvolutionSizes& sizes,
                                  const std::vector<double>& dy,
                                  const std::vector<double>& w) {
  const int64_t plane = sizes.y[2] * sizes.y[3];
  const int64_t w_step = NumElements(sizes.w) / sizes.w[0];
  std::vector<double> dx(NumElements(sizes.x)), terms(plane);
  ForEachFactor(sizes, [&](const Tap& tap, const Place& place) {
    std::fill(terms.begin(), terms.end(), 0.);
    const double* factor = w.data() + place.w_offset;
    const double* from = dy.data() + place.y_offset;
    for (int64_t k = place.first_output; k < place.end_output; ++k) {
      AddScaled(*factor, from, plane, terms.data());
      factor += w_step;
      from += plane;
    }
    ScatterAdd(tap, terms, dx.data() + place.x_offset);
  });
  return dx;
}

std::vector<double> FilterGradient(const ConvolutionSizes& sizes,
                                   const std::vector<double>& x,
                                   const std::vector<double>& dy) {
  const int64_t plane = sizes.y[2] * sizes.y[3];
  const int64_t w_step = NumElements(sizes.w) / sizes.w[0];
  std::vector<double> dw(NumElements(sizes.w)), gathered(plane);
  ForEachFactor(sizes, [&](const Tap& tap, const Place& place) {
    Gather(tap, x.data() + place.x_offset, &gathered);
    double* sum = dw.data() + place.w_offset;
    const double* from = dy.data() + place.y_offset;
    for (int64_t k = place.first_output; k < place.end_output; ++k) {
      *sum += Dot(gathered.data(), from, plane);
      sum += w_step;
      from += plane;
    }
  });
  return dw;
}

}  // namespace cuda_sim
}  // namespace tamp
