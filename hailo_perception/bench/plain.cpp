// Copyright 2026 hailo_perception maintainers
// SPDX-License-Identifier: Apache-2.0
//
// The yardstick of `hailo-perception bench kernels`: a plain reading of LightNet's postprocess,
// one pixel or anchor after another, as one would write it first. No intrinsics, no tables that
// the mathematics does not ask for, no tricks; and nothing made slow on purpose: contiguous
// loops, arithmetic of a row outside the loop over its columns, no allocation where none is due.
//
// Arrays are row by row. Codes q mean (q - zero_point) * scale. Colours are B, G, R. A class map
// covers its picture whole at its own resolution; the pixel of a map under the centre of pixel x
// of W is (2x + 1) * map_width / (2W), rounded down.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

struct Box {
  float left, top, right, bottom;
};

struct Candidate {
  Box box;
  float score;
  int label;
};

float clip(float value, float high) { return std::min(std::max(value, 0.0f), high); }

template <typename Code>
void decode_head(const Code* head, int rows, int columns, const float* anchors, int anchor_count,
                 int class_count, float scale, float zero_point, float threshold, float input_width,
                 float input_height, float to_image_x, float to_image_y,
                 std::vector<Candidate>& found) {
  const float stride_x = input_width / columns;
  const float stride_y = input_height / rows;
  const Code* prediction = head;
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      for (int anchor = 0; anchor < anchor_count; ++anchor, prediction += 5 + class_count) {
        const auto real = [&](int i) { return (prediction[i] - zero_point) * scale; };
        const float objectness = real(4);
        if (objectness < threshold) continue;
        int label = 0;
        float best = real(5);
        for (int k = 1; k < class_count; ++k) {
          const float value = real(5 + k);
          if (value > best) {
            best = value;
            label = k;
          }
        }
        const float score = objectness * best;
        if (!(score > threshold)) continue;
        const float x = (column + 2 * real(0) - 0.5f) * stride_x;
        const float y = (row + 2 * real(1) - 0.5f) * stride_y;
        const float w = anchors[2 * anchor] * (2 * real(2)) * (2 * real(2));
        const float h = anchors[2 * anchor + 1] * (2 * real(3)) * (2 * real(3));
        const Box box = {clip(x - w / 2, input_width) * to_image_x,
                         clip(y - h / 2, input_height) * to_image_y,
                         clip(x + w / 2, input_width) * to_image_x,
                         clip(y + h / 2, input_height) * to_image_y};
        if (box.right > box.left && box.bottom > box.top) found.push_back({box, score, label});
      }
    }
  }
}

float overlap(const Box& a, const Box& b) {
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const float common = width * height;
  const float area_a = (a.right - a.left) * (a.bottom - a.top);
  const float area_b = (b.right - b.left) * (b.bottom - b.top);
  return common / (area_a + area_b - common);
}

std::vector<int> suppress(const Box* boxes, int count, float iou_threshold, int maximum) {
  std::vector<int> kept;
  for (int i = 0; i < count && static_cast<int>(kept.size()) < maximum; ++i) {
    bool is_covered = false;
    for (int k : kept) {
      if (overlap(boxes[i], boxes[k]) > iou_threshold) {
        is_covered = true;
        break;
      }
    }
    if (!is_covered) kept.push_back(i);
  }
  return kept;
}

template <typename Code>
int detect(const Code* const* heads, const int* rows, const int* columns, int head_count,
           const float* anchors, int anchor_count, int class_count, float scale, float zero_point,
           float threshold, float iou_threshold, int maximum, int input_width, int input_height,
           int image_width, int image_height, float* boxes, float* scores, int* labels) {
  std::vector<Candidate> found;
  for (int i = 0; i < head_count; ++i) {
    decode_head(heads[i], rows[i], columns[i], anchors + 2 * anchor_count * i, anchor_count,
                class_count, scale, zero_point, threshold, input_width, input_height,
                static_cast<float>(image_width) / input_width,
                static_cast<float>(image_height) / input_height, found);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  std::vector<Box> ordered;
  for (const Candidate& each : found) ordered.push_back(each.box);
  const std::vector<int> kept =
      suppress(ordered.data(), static_cast<int>(ordered.size()), iou_threshold, maximum);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    std::memcpy(boxes + 4 * i, &found[kept[i]].box, sizeof(Box));
    scores[i] = found[kept[i]].score;
    labels[i] = found[kept[i]].label;
  }
  return static_cast<int>(kept.size());
}

template <typename Code>
int scan(const Code* head, int rows, int columns, int anchor_count, int class_count, float scale,
         float zero_point, float threshold, std::int64_t* indices, float* raw, float* scores,
         std::int64_t* labels) {
  int count = 0;
  const Code* prediction = head;
  for (int i = 0; i < rows * columns * anchor_count; ++i, prediction += 5 + class_count) {
    const auto real = [&](int k) { return (prediction[k] - zero_point) * scale; };
    const float objectness = real(4);
    if (objectness < threshold) continue;
    int label = 0;
    float best = real(5);
    for (int k = 1; k < class_count; ++k) {
      if (real(5 + k) > best) {
        best = real(5 + k);
        label = k;
      }
    }
    if (!(objectness * best > threshold)) continue;
    indices[count] = i;
    for (int k = 0; k < 4; ++k) raw[4 * count + k] = real(k);
    scores[count] = objectness * best;
    labels[count] = label;
    ++count;
  }
  return count;
}

template <typename Code>
void depth(const Code* codes, int count, float scale, float zero_point, float maximum_m,
           float near_m, float far_m, float* metres) {
  for (int i = 0; i < count; ++i) {
    const float value = (codes[i] - zero_point) * scale * maximum_m;
    metres[i] = value > 0 && value >= near_m && value <= far_m ? value : kUnknown;
  }
}

template <typename Code>
void best_class(const Code* scores, int pixels, int channels, std::uint8_t* ids) {
  for (int i = 0; i < pixels; ++i, scores += channels) {
    int best = 0;
    for (int k = 1; k < channels; ++k) {
      if (scores[k] > scores[best]) best = k;
    }
    ids[i] = static_cast<std::uint8_t>(best);
  }
}

std::vector<int> below(int count, int source_count) {
  std::vector<int> pixels(count);
  for (int i = 0; i < count; ++i) pixels[i] = (2 * i + 1) * source_count / (2 * count);
  return pixels;
}

// `weight` of 256 parts of the colour, the rest of the pixel, rounded.
void blend(std::uint8_t* pixel, const std::uint8_t* color, int weight) {
  for (int c = 0; c < 3; ++c) {
    pixel[c] = static_cast<std::uint8_t>((pixel[c] * (256 - weight) + color[c] * weight + 128) >> 8);
  }
}

void fill(std::uint8_t* picture, int width, int height, int left, int top, int right, int bottom,
          const std::uint8_t* color) {
  for (int y = std::max(top, 0); y < std::min(bottom, height); ++y) {
    for (int x = std::max(left, 0); x < std::min(right, width); ++x) {
      std::memcpy(picture + 3 * (y * width + x), color, 3);
    }
  }
}

void frame(std::uint8_t* picture, int width, int height, int left, int top, int right, int bottom,
           int thickness, const std::uint8_t* color) {
  const int before = thickness / 2;
  const int after = thickness - before;
  fill(picture, width, height, left - before, top - before, right + after, top + after, color);
  fill(picture, width, height, left - before, bottom - before, right + after, bottom + after,
       color);
  fill(picture, width, height, left - before, top + after, left + after, bottom - before, color);
  fill(picture, width, height, right - before, top + after, right + after, bottom - before, color);
}

}  // namespace

extern "C" {

#define DETECT(name, Code)                                                                        \
  int name(const Code* const* heads, const int* rows, const int* columns, int head_count,         \
           const float* anchors, int anchor_count, int class_count, float scale,                  \
           float zero_point, float threshold, float iou_threshold, int maximum, int input_width,  \
           int input_height, int image_width, int image_height, float* boxes, float* scores,      \
           int* labels) {                                                                         \
    return detect(heads, rows, columns, head_count, anchors, anchor_count, class_count, scale,    \
                  zero_point, threshold, iou_threshold, maximum, input_width, input_height,       \
                  image_width, image_height, boxes, scores, labels);                              \
  }
DETECT(detect_uint8, std::uint8_t)
DETECT(detect_uint16, std::uint16_t)

#define SCAN(name, Code)                                                                          \
  int name(const Code* head, int rows, int columns, int anchor_count, int class_count,            \
           float scale, float zero_point, float threshold, std::int64_t* indices, float* raw,     \
           float* scores, std::int64_t* labels) {                                                 \
    return scan(head, rows, columns, anchor_count, class_count, scale, zero_point, threshold,     \
                indices, raw, scores, labels);                                                    \
  }
SCAN(scan_uint8, std::uint8_t)
SCAN(scan_uint16, std::uint16_t)

int suppress_boxes(const float* boxes, int count, float iou_threshold, int maximum,
                   std::int64_t* kept) {
  const std::vector<int> found =
      suppress(reinterpret_cast<const Box*>(boxes), count, iou_threshold, maximum);
  std::copy(found.begin(), found.end(), kept);
  return static_cast<int>(found.size());
}

#define DEPTH(name, Code)                                                                         \
  void name(const Code* codes, int count, float scale, float zero_point, float maximum_m,         \
            float near_m, float far_m, float* metres) {                                           \
    depth(codes, count, scale, zero_point, maximum_m, near_m, far_m, metres);                     \
  }
DEPTH(depth_uint8, std::uint8_t)
DEPTH(depth_uint16, std::uint16_t)

void best_class_uint8(const std::uint8_t* scores, int pixels, int channels, std::uint8_t* ids) {
  best_class(scores, pixels, channels, ids);
}

void known_ids(const std::uint8_t* ids, int count, const std::uint8_t* is_class,
               std::uint8_t* result) {
  for (int i = 0; i < count; ++i) result[i] = is_class[ids[i]] ? ids[i] : 255;
}

// The picture of a class map, as large as the map.
void color_ids(const std::uint8_t* ids, int count, const std::uint8_t* colors,
               std::uint8_t* result) {
  for (int i = 0; i < count; ++i) std::memcpy(result + 3 * i, colors + 3 * ids[i], 3);
}

// Colours of the semantic map, then of the lane map, blended into the picture.
void overlay(std::uint8_t* picture, int width, int height, const std::uint8_t* semantic,
             int semantic_width, int semantic_height, const std::uint8_t* semantic_colors,
             const std::uint8_t* semantic_shows, float semantic_opacity, const std::uint8_t* lane,
             int lane_width, int lane_height, const std::uint8_t* lane_colors,
             const std::uint8_t* lane_shows, float lane_opacity) {
  const std::vector<int> semantic_columns = below(width, semantic_width);
  const std::vector<int> semantic_rows = below(height, semantic_height);
  const std::vector<int> lane_columns = below(width, lane_width);
  const std::vector<int> lane_rows = below(height, lane_height);
  const int semantic_weight = static_cast<int>(semantic_opacity * 256 + 0.5f);
  const int lane_weight = static_cast<int>(lane_opacity * 256 + 0.5f);
  for (int y = 0; y < height; ++y) {
    const std::uint8_t* semantic_row = semantic + semantic_rows[y] * semantic_width;
    const std::uint8_t* lane_row = lane + lane_rows[y] * lane_width;
    for (int x = 0; x < width; ++x) {
      std::uint8_t* target = picture + 3 * (y * width + x);
      const int thing = semantic_row[semantic_columns[x]];
      const int line = lane_row[lane_columns[x]];
      if (semantic_shows[thing]) blend(target, semantic_colors + 3 * thing, semantic_weight);
      if (lane_shows[line]) blend(target, lane_colors + 3 * line, lane_weight);
    }
  }
}

void draw_boxes(std::uint8_t* picture, int width, int height, const float* boxes,
                const int* labels, int count, const std::uint8_t* colors, int thickness) {
  const std::uint8_t rim[3] = {0, 0, 0};
  for (int i = 0; i < count; ++i) {
    const int left = static_cast<int>(std::lround(boxes[4 * i] - 0.5f));
    const int top = static_cast<int>(std::lround(boxes[4 * i + 1] - 0.5f));
    const int right = static_cast<int>(std::lround(boxes[4 * i + 2] - 0.5f));
    const int bottom = static_cast<int>(std::lround(boxes[4 * i + 3] - 0.5f));
    frame(picture, width, height, left, top, right, bottom, thickness + 2, rim);
    frame(picture, width, height, left, top, right, bottom, thickness, colors + 3 * labels[i]);
  }
}

void color_depth(const float* metres, int count, float maximum_m, const std::uint8_t* colors,
                 std::uint8_t* result) {
  const float shades_per_m = 255 / maximum_m;
  const std::uint8_t black[3] = {0, 0, 0};
  for (int i = 0; i < count; ++i) {
    const int shade = static_cast<int>(std::min(metres[i] * shades_per_m, 255.0f));
    std::memcpy(result + 3 * i, std::isnan(metres[i]) ? black : colors + 3 * shade, 3);
  }
}

// Every pixel of known depth into the cell in which it lies, the upper one over the lower.
void bird_eye(const float* metres, int width, int height, float fx, float fy, float cx, float cy,
              const std::uint8_t* semantic, const std::uint8_t* semantic_colors,
              const std::uint8_t* lane, const std::uint8_t* lane_colors,
              const std::uint8_t* lane_shows, float metres_per_cell, int cell_columns,
              int cell_rows, float maximum_height_m, std::uint8_t* view) {
  const float cells_per_m = 1 / metres_per_cell;
  std::memset(view, 0, 3 * static_cast<std::size_t>(cell_columns) * cell_rows);
  for (int y = height - 1; y >= 0; --y) {
    const float ray_y = (y - cy) / fy;
    for (int x = width - 1; x >= 0; --x) {
      const float z = metres[y * width + x];
      if (std::isnan(z) || ray_y * z <= -maximum_height_m) continue;
      const float right = (x - cx) / fx * z;
      const int column = static_cast<int>(std::floor(right * cells_per_m + cell_columns / 2.f));
      const int row = static_cast<int>(std::floor(cell_rows - z * cells_per_m));
      if (column < 0 || column >= cell_columns || row < 0 || row >= cell_rows) continue;
      const int line = lane[y * width + x];
      const int thing = semantic[y * width + x];
      const std::uint8_t* color =
          lane_shows[line] ? lane_colors + 3 * line : semantic_colors + 3 * thing;
      std::memcpy(view + 3 * (row * cell_columns + column), color, 3);
    }
  }
}

struct Point {
  float x, y, z;
  std::uint32_t rgb;
  std::uint32_t label;
};

void cloud(const float* metres, int width, int height, float fx, float fy, float cx, float cy,
           float near_m, float far_m, const std::uint8_t* picture, int picture_width,
           int picture_height, const std::uint8_t* ids, int map_width, int map_height,
           Point* points) {
  const std::vector<int> picture_columns = below(width, picture_width);
  const std::vector<int> picture_rows = below(height, picture_height);
  const std::vector<int> map_columns = below(width, map_width);
  const std::vector<int> map_rows = below(height, map_height);
  for (int y = 0; y < height; ++y) {
    const float ray_y = (y - cy) / fy;
    for (int x = 0; x < width; ++x) {
      const float depth_m = metres[y * width + x];
      const float z = depth_m >= near_m && depth_m <= far_m ? depth_m : kUnknown;
      const std::uint8_t* pixel =
          picture + 3 * (picture_rows[y] * picture_width + picture_columns[x]);
      Point& point = points[y * width + x];
      point.x = (x - cx) / fx * z;
      point.y = ray_y * z;
      point.z = z;
      point.rgb = pixel[2] << 16 | pixel[1] << 8 | pixel[0];
      point.label = ids[map_rows[y] * map_width + map_columns[x]];
    }
  }
}

}  // extern "C"
