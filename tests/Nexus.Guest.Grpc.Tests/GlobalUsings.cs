// Inside the namespace Nexus.Guest.Grpc.Tests the name Grpc means another one.
global using Grpc.Core;
global using Grpc.Net.Client;
global using RemoteCalls;
global using RemoteCalls.Trials;
