using SchoolSignal.Adapters.Tests;

return args is [nameof(OtherProcess), ..]
    ? await OtherProcess.RunAsync(args[1..])
    : await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
