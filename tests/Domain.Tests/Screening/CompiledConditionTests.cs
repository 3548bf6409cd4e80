using CsCheck;
using SchoolSignal.Domain.Screening;

namespace SchoolSignal.Domain.Tests.Screening;

/// <summary>A condition tried on a block of pupils against plain arithmetic, pupil by pupil.</summary>
public sealed class CompiledConditionTests
{
    private static readonly Gen<RuleCondition> AnyCondition =
        from indicator in Gen.Enum<Indicator>()
        from other in Gen.Enum<Indicator>()
        from kind in Gen.Enum<ThresholdBase>()
        from comparison in Gen.Enum<Comparison>()
        from digits in Gen.Frequency((4, Gen.Int[-20, 20]), (2, Gen.Int[-30_000, 30_000]), (1, Gen.Int[-100_000_000, 100_000_000]))
        from scale in Gen.Int[0, 4].Select(zeros => (decimal)Math.Pow(10, zeros))
        where Math.Abs(digits / scale) <= CompiledCondition.MaxThreshold
        select new RuleCondition(indicator, comparison, digits / scale, kind, kind == ThresholdBase.Value ? null : other);

    [Fact]
    public void Holds_AnyConditionOnAnyBlock_IsExactForEveryPupil() => Gen.Select(AnyCondition, Gen.Int).Sample(
        (condition, seed) =>
        {
            var block = AnyBlock(condition, seed);
            var compiled = new CompiledCondition(condition);
            var pupils = compiled.Holds(block, ulong.MaxValue);
            for (var slot = 0; slot < IndicatorBlock.Width; slot++)
            {
                var expected = Expected(condition, block.Of(slot));
                Assert.Equal(expected, (pupils >> slot & 1) != 0);
                Assert.Equal(expected, compiled.Holds(block.Of(slot)));
                Assert.Equal(pupils & (0x8100FFUL << slot), compiled.Holds(block, 0x8100FFUL << slot));
            }
        },
        iter: 4_000, threads: 1);

    [Theory]
    [InlineData("0.1", 10, 100, true)]
    [InlineData("0.1", 73, 731, false)]
    [InlineData("0.0998", 73, 731, true)]
    [InlineData("9999.9999", 732, 1, false)]
    public void Holds_RateOnTheEdge_IsInclusive(string threshold, int absent, int possible, bool holds)
    {
        var block = new IndicatorBlock();
        block.Of(63).Fraction(Indicator.AbsenceRateYearToDate, absent, possible);
        var condition = new RuleCondition(
            Indicator.AbsenceRateYearToDate, Comparison.AtLeast, decimal.Parse(threshold, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(holds ? 1UL << 63 : 0, new CompiledCondition(condition).Holds(block, ulong.MaxValue));
    }

    [Fact]
    public void Read_WhatWasWritten_ComesBack()
    {
        var block = new IndicatorBlock();
        var pupil = block.Of(17);
        foreach (var definition in IndicatorCatalogue.All)
        {
            Assert.Equal(IndicatorValue.Undefined, pupil[definition.Indicator]);
            Write(pupil, definition, (int)definition.Indicator, 732);
        }
        foreach (var definition in IndicatorCatalogue.All)
            Assert.Equal((int)definition.Indicator / (definition.Kind == NumberKind.Count ? 1.0 : 732.0), pupil[definition.Indicator].ToDouble());
        Assert.All(IndicatorCatalogue.All, d => Assert.Equal(IndicatorValue.Undefined, block.Of(18)[d.Indicator]));

        pupil.Fraction(Indicator.Last20AbsenceRate, 0, 0);
        pupil.Real(Indicator.PeerExcess, double.NaN);
        Assert.Equal((IndicatorValue.Undefined, IndicatorValue.Undefined), (pupil[Indicator.Last20AbsenceRate], pupil[Indicator.PeerExcess]));
        block.Clear();
        Assert.All(IndicatorCatalogue.All, d => Assert.Equal(IndicatorValue.Undefined, pupil[d.Indicator]));
    }

    private static IndicatorBlock AnyBlock(RuleCondition condition, int seed)
    {
        var (block, random) = (new IndicatorBlock(), new Random(seed));
        for (var slot = 0; slot < IndicatorBlock.Width; slot++)
        {
            // One pupil in seven has nothing to be judged by.
            if (random.Next(7) != 0) Write(block.Of(slot), IndicatorCatalogue.Of(condition.Indicator), Count(), Count());
            if (condition.Other is { } other && random.Next(7) != 0) Write(block.Of(slot), IndicatorCatalogue.Of(other), Count(), Count());
        }
        return block;

        // Mostly small, so that edges are met; at times the largest a school year has.
        int Count() => random.Next(5) == 0 ? random.Next(733) : random.Next(7);
    }

    private static void Write(PupilIndicators pupil, IndicatorDefinition definition, int numerator, int denominator)
    {
        if (definition.Kind == NumberKind.Count) pupil.Count(definition.Indicator, numerator);
        else if (definition.Kind == NumberKind.Fraction) pupil.Fraction(definition.Indicator, numerator, denominator);
        else pupil.Real(definition.Indicator, (double)numerator / Math.Max(1, denominator));
    }

    private static bool Expected(RuleCondition condition, PupilIndicators pupil)
    {
        var value = pupil[condition.Indicator];
        var reference = condition.Other is { } other ? pupil[other] : IndicatorValue.Count(0);
        if (!value.IsDefined || !reference.IsDefined) return false;
        var sign = condition.Comparison == Comparison.AtMost ? -1 : 1;
        if (value.Real != 0 || reference.Real != 0)
        {
            var compared = condition.Base == ThresholdBase.TimesOther
                ? value.AsDouble() - ((double)condition.Threshold * reference.AsDouble())
                : value.AsDouble() - reference.AsDouble() - (double)condition.Threshold;
            return sign * compared >= -IndicatorValue.RealTolerance;
        }
        decimal common = value.Denominator * reference.Denominator;
        decimal scaled = value.Numerator * reference.Denominator;
        decimal scaledReference = reference.Numerator * value.Denominator;
        return condition.Base == ThresholdBase.TimesOther
            ? sign * scaled >= sign * condition.Threshold * scaledReference
            : sign * (scaled - scaledReference) >= sign * condition.Threshold * common;
    }
}
