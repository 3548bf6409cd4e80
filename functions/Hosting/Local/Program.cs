using SchoolSignal.Functions.Hosting.Local.Commands;

return await SchoolSignalCommandLine.RunAsync(args);
