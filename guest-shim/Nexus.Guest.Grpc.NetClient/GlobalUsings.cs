// Inside the namespace Nexus.Guest.Grpc.NetClient the name Grpc means another one; the library's own names come from here.
global using Grpc.Core;
global using Grpc.Net.Client;
global using Grpc.Net.Compression;
