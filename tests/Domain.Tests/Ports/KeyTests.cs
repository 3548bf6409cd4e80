using CsCheck;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Tests.Ports;

public sealed class KeyTests
{
    [Fact]
    public void Of_AnyParts_ComeBackAndHoldNoForbiddenCharacter() =>
        Gen.String.Array[1, 4].Sample(parts =>
        {
            var key = RowKey.Of(parts);
            Assert.Equal(parts, key.Parts());
            Assert.DoesNotContain(key.Value, c => c is '/' or '\\' or '#' or '?' || char.IsControl(c));
        });

    [Fact]
    public void Under_Prefix_ContainsOnlyLongerKeysOfThatPrefix()
    {
        var range = RowKeyRange.Under("L", "0003");
        Assert.True(range.Contains(RowKey.Of("L", "0003", "202509")));
        Assert.False(range.Contains(RowKey.Of("L", "0003")));
        Assert.False(range.Contains(RowKey.Of("L", "00031", "202509")));
        Assert.False(range.Contains(RowKey.Of("L", "0004", "202509")));
    }

    [Fact]
    public void Between_FirstAndLast_AreInclusive()
    {
        var range = RowKeyRange.Between(["L"], "202509", "202511");
        Assert.True(range.Contains(RowKey.Of("L", "202509", "0001")));
        Assert.True(range.Contains(RowKey.Of("L", "202511")));
        Assert.True(range.Contains(RowKey.Of("L", "202511", "0001")));
        Assert.False(range.Contains(RowKey.Of("L", "202512", "0001")));
        Assert.False(range.Contains(RowKey.Of("L", "202508", "0001")));
    }
}
