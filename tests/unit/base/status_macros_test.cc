#include "common/base/status_macros.h"

#include <gtest/gtest.h>

#include <memory>

namespace trebol {
namespace {

absl::StatusOr<std::unique_ptr<int>> Half(int number) {
  if (number % 2 != 0) return absl::InvalidArgumentError("odd");
  return std::make_unique<int>(number / 2);
}

absl::StatusOr<int> Quarter(int number) {
  ASSIGN_OR_RETURN(std::unique_ptr<int> half, Half(number));
  ASSIGN_OR_RETURN(auto quarter, Half(*half));
  return *quarter;
}

absl::Status Check(int number) {
  RETURN_IF_ERROR(Quarter(number).status());
  return absl::OkStatus();
}

/// With the name that members have by habit.
absl::Status Same(const absl::Status& status_) {
  RETURN_IF_ERROR(status_);
  return absl::OkStatus();
}

TEST(StatusMacros, DoNotHideNamesOfTheirCallers) {
  EXPECT_TRUE(Same(absl::OkStatus()).ok());
  EXPECT_EQ(Same(absl::InternalError("no")).message(), "no");
}

TEST(StatusMacros, PassValuesAndErrors) {
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_EQ(Quarter(6).status().message(), "odd");
  EXPECT_TRUE(Check(4).ok());
  EXPECT_FALSE(Check(3).ok());
}

}  // namespace
}  // namespace trebol
